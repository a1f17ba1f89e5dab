package com.github.shiroedev2024.leaf.engine.session;

import org.jspecify.annotations.Nullable;

/**
 * The names of a session's destination, an address, that were learnt on the way. Each is in lower
 * case, without a last dot, or null.
 *
 * @param tls the server name of the client's TLS handshake
 * @param http the host of the client's HTTP request
 * @param dns the name that a DNS server gave this address for
 */
public record SniffedNames(@Nullable String tls, @Nullable String http, @Nullable String dns) {
  public static final SniffedNames NONE = new SniffedNames(null, null, null);

  /** From where a name is known. */
  public enum Origin {
    TLS,
    HTTP,
    DNS
  }

  /** These names and one more. */
  public SniffedNames with(Origin origin, String name) {
    return switch (origin) {
      case TLS -> new SniffedNames(name, http, dns);
      case HTTP -> new SniffedNames(tls, name, dns);
      case DNS -> new SniffedNames(tls, http, name);
    };
  }

  /** The one that rules see: what the client itself said comes before what DNS said. */
  public @Nullable String best() {
    return tls != null ? tls : http != null ? http : dns;
  }
}
