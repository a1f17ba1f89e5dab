package com.github.shiroedev2024.leaf.it.interop;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What lets clients in, the same in every run: all of it stays on the loopback. */
final class Secrets {
  static final String UUID = "b831381d-6324-4d53-ad4f-8cda48b30811";
  static final String USERNAME = "ann";
  static final String PASSWORD = "a-good-password";

  private Secrets() {}

  /** The server's key or password. */
  static String server(Combination of) {
    return of.is2022() ? key("0123456789abcdefghijklmnopqrstuv", of) : PASSWORD;
  }

  /** The user's key, for 2022 with users. */
  static String user(Combination of) {
    return key("vutsrqponmlkjihgfedcba9876543210", of);
  }

  /** What the client has. */
  static String client(Combination of) {
    return of.hasUser() ? server(of) + ":" + user(of) : server(of);
  }

  private static String key(String text, Combination of) {
    int bytes = of.method().contains("aes-128") ? 16 : 32;
    return Base64.getEncoder()
        .encodeToString(text.substring(0, bytes).getBytes(StandardCharsets.US_ASCII));
  }
}
