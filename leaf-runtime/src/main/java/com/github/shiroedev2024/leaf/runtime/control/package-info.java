/** The only face of the runtime that the API and the core see: records in, records out. */
@NullMarked
package com.github.shiroedev2024.leaf.runtime.control;

import org.jspecify.annotations.NullMarked;
