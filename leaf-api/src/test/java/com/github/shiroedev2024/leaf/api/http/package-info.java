/** Tests of the HTTP parts. */
@NullMarked
package com.github.shiroedev2024.leaf.api.http;

import org.jspecify.annotations.NullMarked;
