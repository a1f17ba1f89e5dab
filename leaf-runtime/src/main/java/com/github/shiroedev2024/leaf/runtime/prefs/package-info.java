/** What a home remembers: the preferences and the members picked in select groups. */
@NullMarked
package com.github.shiroedev2024.leaf.runtime.prefs;

import org.jspecify.annotations.NullMarked;
