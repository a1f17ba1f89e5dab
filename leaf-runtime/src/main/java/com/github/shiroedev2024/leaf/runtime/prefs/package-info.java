/** What is remembered on disk between runs: preferences and the members picked in select groups. */
@NullMarked
package com.github.shiroedev2024.leaf.runtime.prefs;

import org.jspecify.annotations.NullMarked;
