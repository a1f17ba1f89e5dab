package com.github.shiroedev2024.leaf.engine.session;

import org.jspecify.annotations.Nullable;

/**
 * Why a dial, handshake or relay failed. It carries no stack trace: it is made on the hot path and
 * its message names what failed. Each place that passes it on may add one fact with {@link #at}.
 */
public final class SessionException extends Exception {
  private static final long serialVersionUID = 1;
  private final CloseReason reason;

  public SessionException(CloseReason reason, String message) {
    this(reason, message, null);
  }

  public SessionException(CloseReason reason, String message, @Nullable Throwable cause) {
    super(message, cause, false, false);
    this.reason = reason;
  }

  public CloseReason reason() {
    return reason;
  }

  /** The same failure, its message led by where it happened ({@code "outbound 'a': …"}). */
  public SessionException at(String where) {
    return new SessionException(reason, where + ": " + getMessage(), getCause());
  }

  /** Any failure as one of ours; those that are not become {@code otherwise}. */
  public static SessionException of(Throwable cause, CloseReason otherwise) {
    if (cause instanceof SessionException known) {
      return known;
    }
    String text = cause.getMessage();
    return new SessionException(
        otherwise, text == null || text.isBlank() ? cause.getClass().getSimpleName() : text, cause);
  }
}
