package com.github.shiroedev2024.leaf.runtime;

/**
 * A runtime that cannot start, or a configuration that cannot become live. The message is for
 * people, one line for each thing that is wrong.
 */
public final class RuntimeStartException extends Exception {
  private static final long serialVersionUID = 1;

  public RuntimeStartException(String message) {
    super(message);
  }

  public RuntimeStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
