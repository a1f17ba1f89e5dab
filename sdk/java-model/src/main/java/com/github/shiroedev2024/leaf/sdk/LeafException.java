package com.github.shiroedev2024.leaf.sdk;

import java.io.IOException;

/** Leaf was reached and said no. The message is its own text, fit to be shown. */
public class LeafException extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;

  /**
   * A refusal by the HTTP API or the control socket.
   *
   * @param status the HTTP status, such as 404
   * @param text what the server wrote
   */
  public LeafException(int status, String text) {
    super(text);
    this.status = status;
  }

  /** A failure that did not come over HTTP; the status is 0. */
  public LeafException(String text) {
    this(0, text);
  }

  /** The HTTP status, such as 404 for an unknown tag; 0 when it did not come over HTTP. */
  public int getStatus() {
    return status;
  }
}
