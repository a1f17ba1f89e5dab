/** The groups that order their members by health checks: failover and url-test. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.group.failover;

import org.jspecify.annotations.NullMarked;
