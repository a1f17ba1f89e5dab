/** What the Java clients of the runtime share: the calls, the failures and how both travel. */
@NullMarked
package com.github.shiroedev2024.leaf.sdk;

import org.jspecify.annotations.NullMarked;
