package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.spi.Settings;
import io.netty.handler.codec.quic.Quic;
import java.util.Locale;

/** Whether this machine can speak QUIC at all: that takes a native library. */
final class QuicLibrary {
  private QuicLibrary() {}

  /** Loads the library; reports when there is none for this machine. */
  static void require(Settings settings) {
    Throwable cause = Quic.isAvailable() ? null : Quic.unavailabilityCause();
    if (cause == null) {
      return;
    }
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String system =
        System.getProperty("os.name")
            + " on "
            + System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    settings
        .problems()
        .error(
            settings.source(),
            "quic",
            settings.owner()
                + ": QUIC needs a native library, and there is none that works here ("
                + system
                + "): "
                + cause.getMessage(),
            "use Linux or macOS on x86_64 or aarch64 or Windows on x86_64, or another transport");
  }
}
