package com.github.shiroedev2024.leaf.core.process;

import java.util.Locale;

/** Where in its life the core or the runtime is. */
public enum Phase {
  STARTING,
  STARTED,
  STOPPING,
  STOPPED,
  ERROR;

  /** The word of the control protocol, such as {@code started}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
