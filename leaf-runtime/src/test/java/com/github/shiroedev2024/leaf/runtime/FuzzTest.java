package com.github.shiroedev2024.leaf.runtime;

import com.github.shiroedev2024.leaf.testkit.FuzzSuite;

/** Runs the fuzz targets of this module. */
class FuzzTest extends FuzzSuite {}
