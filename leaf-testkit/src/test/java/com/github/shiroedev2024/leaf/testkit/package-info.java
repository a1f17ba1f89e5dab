/** Tests of the testkit itself: what shall find faults must find some. */
@NullMarked
package com.github.shiroedev2024.leaf.testkit;

import org.jspecify.annotations.NullMarked;
