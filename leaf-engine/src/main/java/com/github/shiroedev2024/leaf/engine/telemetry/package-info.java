/** Totals, latencies and last activity per tag and user; they outlive engines and sessions. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.telemetry;

import org.jspecify.annotations.NullMarked;
