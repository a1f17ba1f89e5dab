package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;

/**
 * What {@code golden2022.csv} was made with, by a program in Go of its own on crypto/aes, x/crypto
 * and lukechampine.com/blake3, from SIP022 and SIP023.
 */
final class Golden2022 {
  static final Destination TARGET = Destination.of("example.com", 80);
  static final Destination PEER = Destination.of("1.2.3.4", 53);
  static final long SECONDS = 1_700_000_000;
  static final Clock2022 CLOCK = new Clock2022(InstantSource.fixed(Instant.ofEpochSecond(SECONDS)));
  static final long CLIENT_SESSION = 0x0102030405060708L;
  static final long SERVER_SESSION = 0x1112131415161718L;

  private Golden2022() {}

  /** The server's key counts from 0, a user's from 100. */
  static String password(ShadowsocksMethod method, boolean user) {
    String server = base64(method, 0);
    return user ? server + ":" + base64(method, 100) : server;
  }

  static String base64(ShadowsocksMethod method, int from) {
    return Base64.getEncoder().encodeToString(bytes(method, from));
  }

  /** Salts and keys count up. */
  static byte[] bytes(ShadowsocksMethod method, int from) {
    byte[] bytes = new byte[method.keyBytes()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (from + i);
    }
    return bytes;
  }

  static Keys2022 keys(ShadowsocksMethod method, boolean user) {
    return Keys2022.read(method, password(method, user));
  }

  static ServerKeys2022 serverKeys(ShadowsocksMethod method, boolean user) {
    return new ServerKeys2022(
        method.cipher(),
        bytes(method, 0),
        user ? List.of(new ServerKeys2022.Entry(bytes(method, 100), "ann")) : List.of());
  }
}
