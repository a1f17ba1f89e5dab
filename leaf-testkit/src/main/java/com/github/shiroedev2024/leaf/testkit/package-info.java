/** Peers, checks and small machinery that the tests of all modules share. */
@NullMarked
package com.github.shiroedev2024.leaf.testkit;

import org.jspecify.annotations.NullMarked;
