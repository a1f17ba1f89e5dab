package com.github.shiroedev2024.leaf.engine.transport.ws;

/** A frame that breaks the rules of RFC 6455; the message says how. */
final class FrameException extends Exception {
  private static final long serialVersionUID = 1;

  FrameException(String message) {
    super(message, null, false, false);
  }
}
