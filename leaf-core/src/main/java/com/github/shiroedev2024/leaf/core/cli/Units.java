package com.github.shiroedev2024.leaf.core.cli;

import com.google.gson.JsonElement;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers for people. */
final class Units {
  private static final String[] SIZES = {"KiB", "MiB", "GiB", "TiB", "PiB"};

  private Units() {}

  /** {@code 14 s}, {@code 3 min 5 s}, {@code 2 h 10 min}, {@code 4 d 3 h}. */
  static String span(long seconds) {
    long s = Math.max(0, seconds);
    if (s < 60) {
      return s + " s";
    }
    if (s < 3600) {
      return s / 60 + " min " + s % 60 + " s";
    }
    if (s < 86_400) {
      return s / 3600 + " h " + s % 3600 / 60 + " min";
    }
    return s / 86_400 + " d " + s % 86_400 / 3600 + " h";
  }

  /** {@code 512 B}, {@code 1.4 MiB}. */
  static String bytes(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    do {
      value /= 1024;
      unit++;
    } while (value >= 1023.95 && unit < SIZES.length - 1);
    return String.format(Locale.ROOT, "%.1f %s", value, SIZES[unit]);
  }

  /** Milliseconds, a dash where there is no reading. */
  static String millis(@Nullable JsonElement value) {
    return value == null || value.isJsonNull()
        ? "-"
        : String.format(Locale.ROOT, "%.1f ms", value.getAsDouble());
  }
}
