/** Benchmarks of the engine's pieces; what each may allocate stands in bench/allocations.json. */
@NullMarked
package com.github.shiroedev2024.leaf.bench;

import org.jspecify.annotations.NullMarked;
