package com.github.shiroedev2024.leaf.core.process;

/** The runtime could not start. The message is for a person and may have several lines. */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1;

  public StartException(String message) {
    super(message);
  }

  public StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
