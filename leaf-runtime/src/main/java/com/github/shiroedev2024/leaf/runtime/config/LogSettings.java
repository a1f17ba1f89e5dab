package com.github.shiroedev2024.leaf.runtime.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration says about logs; null where it says nothing.
 *
 * @param level the least severe level written; NONE writes nothing at all
 * @param file the file that lines are appended to; null for the console
 * @param compact true for the bare message text, without time and level
 * @param memory whether lines are kept in memory for the API
 * @param memoryBytes how many bytes of them
 */
public record LogSettings(
    @Nullable Level level,
    @Nullable String file,
    boolean compact,
    @Nullable Boolean memory,
    @Nullable Long memoryBytes) {

  /** The levels, from the most talkative. */
  public enum Level {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR,
    NONE;

    static @Nullable Level of(String word) {
      for (Level level : values()) {
        if (level.name().equals(word.toUpperCase(Locale.ROOT))) {
          return level;
        }
      }
      return null;
    }
  }
}
