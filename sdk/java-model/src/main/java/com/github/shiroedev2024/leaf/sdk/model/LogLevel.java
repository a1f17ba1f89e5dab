package com.github.shiroedev2024.leaf.sdk.model;

/** How much the runtime logs: messages of this level and of the more serious ones. */
public enum LogLevel {
  TRACE(0),
  DEBUG(1),
  INFO(2),
  WARN(3),
  ERROR(4);

  private final int value;

  LogLevel(int value) {
    this.value = value;
  }

  /** The number that preferences hold, 0 to 4. */
  public int getValue() {
    return value;
  }

  /**
   * The level of a number.
   *
   * @throws IllegalArgumentException for a number other than 0 to 4
   */
  public static LogLevel of(int value) {
    for (LogLevel level : values()) {
      if (level.value == value) {
        return level;
      }
    }
    throw new IllegalArgumentException("log_level is " + value + "; it must be 0 to 4");
  }
}
