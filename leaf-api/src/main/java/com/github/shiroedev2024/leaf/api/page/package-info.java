/** Pages for people: plain HTML that needs no scripts, every foreign text escaped. */
@NullMarked
package com.github.shiroedev2024.leaf.api.page;

import org.jspecify.annotations.NullMarked;
