package com.github.shiroedev2024.leaf.runtime.control;

/** A control call that cannot be answered. Its message is meant for the caller, as plain text. */
public final class ControlException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What kind of failure, so that each face can map it (HTTP: 404, 400, 500, 503). */
  public enum Kind {
    NOT_FOUND,
    BAD_REQUEST,
    FAILED,
    UNAVAILABLE
  }

  private final Kind kind;

  public ControlException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public ControlException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  public static ControlException unknownOutbound(String tag) {
    return new ControlException(Kind.NOT_FOUND, "unknown outbound '" + tag + "'");
  }
}
