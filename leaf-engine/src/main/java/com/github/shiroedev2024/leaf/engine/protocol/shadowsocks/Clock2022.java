package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import java.time.InstantSource;

/** The timestamps of the 2022 edition: seconds of Unix time, believed within 30 seconds. */
final class Clock2022 {
  /** SIP022 section 3.1.3. */
  static final long MAX_DIFFERENCE_SECONDS = 30;

  private final InstantSource clock;

  Clock2022(InstantSource clock) {
    this.clock = clock;
  }

  long now() {
    return Math.floorDiv(clock.millis(), 1000L);
  }

  /** Refuses a time that is too far from now. */
  void check(long seconds) throws BadHeaderException {
    long now = now();
    // Not by a difference, which may overflow.
    if (seconds < now - MAX_DIFFERENCE_SECONDS || seconds > now + MAX_DIFFERENCE_SECONDS) {
      throw new BadHeaderException(
          "its clock shows "
              + seconds
              + ", ours "
              + now
              + ", and more than "
              + MAX_DIFFERENCE_SECONDS
              + " s apart nothing is believed; set the clocks");
    }
  }
}
