package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.net.Network;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * An inbound that packets come to from a {@link Device}; it listens nowhere else. Connections that
 * the device makes of them are handed to {@link #accept} like any others.
 */
public interface DeviceInbound extends Inbound {
  /** What device it needs: while two inbounds need equal ones, a reload keeps the device. */
  Object plan();

  /**
   * Opens the device. It touches nothing that {@code running} devices need until {@link
   * Device#takeOver}.
   *
   * @throws IOException saying what is missing and how to get it
   */
  Device open(List<Device> running) throws IOException;

  @Override
  default Set<Network> networks() {
    return EnumSet.noneOf(Network.class);
  }
}
