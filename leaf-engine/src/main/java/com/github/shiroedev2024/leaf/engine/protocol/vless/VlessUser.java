package com.github.shiroedev2024.leaf.engine.protocol.vless;

import java.util.UUID;

/**
 * Somebody who may use an inbound.
 *
 * @param uuid what the client proves itself with; never shown, but where it is the name to show
 * @param shownId what their traffic counts under
 */
record VlessUser(UUID uuid, String shownId) {
  @Override
  public String toString() {
    return "user " + shownId;
  }
}
