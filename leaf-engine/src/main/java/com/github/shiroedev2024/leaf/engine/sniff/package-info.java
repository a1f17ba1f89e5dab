/**
 * Learns the names of servers that clients reach by address: from what a client sends first, and
 * from the answers of DNS servers.
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.sniff;

import org.jspecify.annotations.NullMarked;
