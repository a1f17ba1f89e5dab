package com.github.shiroedev2024.leaf.engine.protocol.socks;

/** Bytes that are not SOCKS. Without a stack trace: strangers can cause it at will. */
final class SocksFormatException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final int reply;

  SocksFormatException(String message) {
    this(message, SocksReply.GENERAL_FAILURE);
  }

  /**
   * @param reply the SOCKS5 reply that says it best
   */
  SocksFormatException(String message, int reply) {
    super(message, null, false, false);
    this.reply = reply;
  }

  int reply() {
    return reply;
  }
}
