package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import org.jspecify.annotations.Nullable;

/**
 * Somebody who may use an inbound.
 *
 * @param password never shown
 * @param shownId what their traffic counts under, or null
 */
record TrojanUser(String password, @Nullable String shownId) {
  /** Without the password. */
  @Override
  public String toString() {
    return "user " + shownId;
  }
}
