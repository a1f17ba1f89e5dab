package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

/** Something that is authentic, but says what must not be believed: old, repeated, ill-formed. */
final class BadHeaderException extends Exception {
  private static final long serialVersionUID = 1;

  BadHeaderException(String message) {
    super(message, null, false, false);
  }
}
