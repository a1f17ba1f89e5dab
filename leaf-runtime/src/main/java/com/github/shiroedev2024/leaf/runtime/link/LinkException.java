package com.github.shiroedev2024.leaf.runtime.link;

import java.io.Serial;

/** A link that cannot become a node; the message says what of it, and shows no secret. */
public final class LinkException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  public LinkException(String message) {
    super(message);
  }
}
