package com.github.shiroedev2024.leaf.it.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What both ends agree on.
 *
 * @param method the cipher in Leaf's words; empty where the protocol has none
 * @param variant what is special, in the peers' words; empty: nothing
 */
record Combination(
    Protocol protocol, String method, String variant, Transport transport, boolean tls) {
  /** A 2022 server with a user who has a key of their own. */
  static final String USER = "user";

  /** VMess with an authenticated length. */
  static final String AUTHENTICATED_LENGTH = "authenticated_length";

  /** VMess with padding, which Leaf's client always has. */
  static final String GLOBAL_PADDING = "global_padding";

  enum Protocol {
    SHADOWSOCKS,
    TROJAN,
    VMESS,
    VLESS,
    HTTP,
    SOCKS;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean carriesDatagrams() {
      return this != HTTP;
    }
  }

  private static final List<String> AEAD =
      List.of("aes-128-gcm", "aes-256-gcm", "chacha20-ietf-poly1305");
  private static final List<String> OF_2022 =
      List.of(
          "2022-blake3-aes-128-gcm", "2022-blake3-aes-256-gcm", "2022-blake3-chacha20-poly1305");
  private static final List<String> VMESS =
      List.of("auto", "aes-128-gcm", "chacha20-poly1305", "none", "zero");

  /** Every combination that is run against every peer that has it. */
  static List<Combination> all() {
    List<Combination> all = new ArrayList<>();
    for (String method : AEAD) {
      all.add(plain(Protocol.SHADOWSOCKS, method, ""));
    }
    for (String method : OF_2022) {
      all.add(plain(Protocol.SHADOWSOCKS, method, ""));
    }
    for (String method : OF_2022.subList(0, 2)) {
      all.add(plain(Protocol.SHADOWSOCKS, method, USER));
    }
    for (Transport obfs : List.of(Transport.OBFS_HTTP, Transport.OBFS_TLS)) {
      all.add(new Combination(Protocol.SHADOWSOCKS, AEAD.getFirst(), "", obfs, false));
    }
    for (String security : VMESS) {
      all.add(plain(Protocol.VMESS, security, ""));
    }
    all.add(plain(Protocol.VMESS, "aes-128-gcm", AUTHENTICATED_LENGTH));
    all.add(plain(Protocol.VMESS, "chacha20-poly1305", GLOBAL_PADDING));
    all.add(plain(Protocol.VLESS, "", ""));
    for (Protocol proxy : List.of(Protocol.HTTP, Protocol.SOCKS)) {
      all.add(plain(proxy, "", ""));
    }
    all.add(new Combination(Protocol.HTTP, "", "", Transport.TCP, true));
    for (Protocol inner : List.of(Protocol.TROJAN, Protocol.VMESS, Protocol.VLESS)) {
      String method = inner == Protocol.VMESS ? "auto" : "";
      for (Transport transport : Transport.values()) {
        if (transport.obfs()) {
          continue;
        }
        all.add(new Combination(inner, method, "", transport, true));
        if (transport != Transport.TCP
            && transport != Transport.QUIC
            && !transport.http2()
            && inner != Protocol.TROJAN) {
          all.add(new Combination(inner, method, "", transport, false));
        }
      }
    }
    return all;
  }

  private static Combination plain(Protocol protocol, String method, String variant) {
    return new Combination(protocol, method, variant, Transport.TCP, false);
  }

  boolean is2022() {
    return method.startsWith("2022-");
  }

  boolean hasUser() {
    return variant.equals(USER);
  }

  boolean carriesDatagrams() {
    return protocol.carriesDatagrams() && !transport.obfs();
  }

  /** Everything above the transport. */
  String inner() {
    String text = method.isEmpty() ? protocol.word() : protocol.word() + " " + method;
    return variant.isEmpty() ? text : text + " (" + variant.replace('_', ' ') + ")";
  }

  /** The transport and what is below it. */
  String outer() {
    if (!tls || transport == Transport.QUIC) {
      return transport.toString(); // QUIC has TLS in itself
    }
    return transport == Transport.TCP ? "tls" : transport + " + tls";
  }

  @Override
  public String toString() {
    return inner() + " over " + outer();
  }
}
