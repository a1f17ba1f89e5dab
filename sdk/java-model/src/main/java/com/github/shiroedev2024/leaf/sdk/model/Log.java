package com.github.shiroedev2024.leaf.sdk.model;

import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/** A window of the runtime's log. */
@NullUnmarked
public final class Log extends Reply {
  private List<String> messages;

  private Integer total;

  private Long next;

  Log() {}

  /**
   * Lines, oldest first: time, level, target and message; empty past the end and while the memory
   * logger is off.
   */
  public List<String> getMessages() {
    return messages;
  }

  /** How many lines the runtime keeps now. */
  public Integer getTotal() {
    return total;
  }

  /** A cursor behind the last line of this window. */
  public Long getNext() {
    return next;
  }
}
