package com.github.shiroedev2024.leaf.runtime.logs;

import ch.qos.logback.classic.Level;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How much is logged: everything from this level upwards, or nothing at all. */
public enum LogLevel {
  TRACE,
  DEBUG,
  INFO,
  WARN,
  ERROR,
  NONE;

  Level level() {
    return this == NONE ? Level.OFF : Level.valueOf(name());
  }

  /** The word in configuration files, in lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The level of that word in any case; null when there is none. */
  public static @Nullable LogLevel of(String word) {
    for (LogLevel level : values()) {
      if (level.name().equalsIgnoreCase(word)) {
        return level;
      }
    }
    return null;
  }
}
