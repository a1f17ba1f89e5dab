/** The folders of one home, its lock and the version of this program. */
@NullMarked
package com.github.shiroedev2024.leaf.core.home;

import org.jspecify.annotations.NullMarked;
