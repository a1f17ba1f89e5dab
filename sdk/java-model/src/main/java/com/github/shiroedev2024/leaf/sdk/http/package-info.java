/** How a call travels over HTTP, whichever library carries it; apps need none of this. */
@NullMarked
package com.github.shiroedev2024.leaf.sdk.http;

import org.jspecify.annotations.NullMarked;
