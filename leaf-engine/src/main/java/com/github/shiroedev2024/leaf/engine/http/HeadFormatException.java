package com.github.shiroedev2024.leaf.engine.http;

/** Bytes that are no head of an HTTP/1.1 message; the message completes "the head …". */
public final class HeadFormatException extends Exception {
  private static final long serialVersionUID = 1;

  HeadFormatException(String message) {
    super(message, null, false, false);
  }
}
