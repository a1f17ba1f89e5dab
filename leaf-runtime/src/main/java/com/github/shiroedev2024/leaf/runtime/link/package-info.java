/** Sharing links of nodes ({@code ss://}, {@code vmess://}, …) as lines of a configuration. */
@NullMarked
package com.github.shiroedev2024.leaf.runtime.link;

import org.jspecify.annotations.NullMarked;
