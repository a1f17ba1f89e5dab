package com.github.shiroedev2024.leaf.engine.net;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A host and a port that traffic is meant for: a domain name that is not resolved yet, or an IP
 * address.
 *
 * @param host the domain name as it was given, or the address in its usual text form (IPv6 without
 *     brackets)
 * @param address the address when the host is an IP literal, else null
 * @param port 0 to 65535
 */
public record Destination(String host, @Nullable InetAddress address, int port) {
  public Destination {
    Objects.requireNonNull(host);
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
    }
  }

  /** A destination from text: an IP literal becomes an address, anything else stays a name. */
  public static Destination of(String host, int port) {
    byte[] bytes = literal(host);
    return bytes == null ? new Destination(host, null, port) : of(bytes, port);
  }

  /** A destination from 4 or 16 raw address bytes. */
  public static Destination of(byte[] address, int port) {
    try {
      return of(InetAddress.getByAddress(address), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address.length + " bytes are not an IP address", e);
    }
  }

  public static Destination of(InetAddress address, int port) {
    return new Destination(NetUtil.toAddressString(address), address, port);
  }

  public static Destination of(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    return ip == null ? of(address.getHostString(), address.getPort()) : of(ip, address.getPort());
  }

  private static byte @Nullable [] literal(String host) {
    if (host.isEmpty() || host.length() > 64) {
      return null;
    }
    return NetUtil.createByteArrayFromIpAddressString(host);
  }

  public boolean isDomain() {
    return address == null;
  }

  public Destination withPort(int other) {
    return other == port ? this : new Destination(host, address, other);
  }

  /** The address to connect to; only for destinations that are not domains. */
  public InetSocketAddress socketAddress() {
    if (address == null) {
      throw new IllegalStateException(host + " is a domain name, not an address");
    }
    return new InetSocketAddress(address, port);
  }

  /** {@code host:port}, an IPv6 address in brackets. */
  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
