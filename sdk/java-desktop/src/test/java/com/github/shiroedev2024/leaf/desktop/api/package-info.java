/** Tests of the client. */
@NullMarked
package com.github.shiroedev2024.leaf.desktop.api;

import org.jspecify.annotations.NullMarked;
