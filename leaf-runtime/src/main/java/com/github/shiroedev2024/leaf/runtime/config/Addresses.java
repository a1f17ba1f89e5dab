package com.github.shiroedev2024.leaf.runtime.config;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** IP addresses and host:port pairs as they are written. Nothing is looked up. */
public final class Addresses {
  static final InetAddress LOOPBACK = literal(new byte[] {127, 0, 0, 1});

  private Addresses() {}

  private static InetAddress literal(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /** An IPv4 or IPv6 literal, the latter with or without brackets; else null. */
  static @Nullable InetAddress ip(String text) {
    if (text.isEmpty() || text.length() > 64) {
      return null;
    }
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    return bytes == null ? null : literal(bytes);
  }

  /** A port of digits alone; -1 when it is none from 0 to 65535. */
  public static int port(String text) {
    if (text.isEmpty() || text.length() > 5) {
      return -1;
    }
    int port = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      port = port * 10 + digit;
    }
    return port > 65535 ? -1 : port;
  }

  /**
   * {@code ip}, {@code ip:port} or {@code [ip]:port}; else null.
   *
   * @param otherwise the port when there is none
   */
  static @Nullable InetSocketAddress endpoint(String text, int otherwise) {
    InetAddress bare = ip(text);
    if (bare != null) {
      return new InetSocketAddress(bare, otherwise);
    }
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return null;
    }
    InetAddress ip = ip(text.substring(0, colon));
    int port = port(text.substring(colon + 1));
    return ip == null || port < 0 ? null : new InetSocketAddress(ip, port);
  }
}
