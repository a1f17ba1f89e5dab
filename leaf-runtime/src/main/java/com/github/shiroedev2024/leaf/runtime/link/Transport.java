package com.github.shiroedev2024.leaf.runtime.link;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The transport and security of a link's node, as keys of the configuration line. */
final class Transport {
  private static final String EARLY_DATA = "ed=";

  /**
   * What links say of a transport, under the names that the URL forms use.
   *
   * @param type {@code ws}, {@code grpc}, …; empty for plain TCP
   * @param security {@code tls}, {@code none} or empty
   */
  record Said(
      String type,
      @Nullable String headerType,
      @Nullable String path,
      @Nullable String host,
      @Nullable String serviceName,
      String security,
      @Nullable String sni,
      @Nullable String alpn,
      boolean insecure) {
    static Said of(Map<String, String> query, String securityOtherwise) {
      String security = query.get("security");
      return new Said(
          query.getOrDefault("type", "").toLowerCase(Locale.ROOT),
          query.get("headerType"),
          query.get("path"),
          query.get("host"),
          query.get("serviceName"),
          (security == null ? securityOtherwise : security).toLowerCase(Locale.ROOT),
          first(query, "sni", "peer"),
          query.get("alpn"),
          on(query, "allowInsecure") || on(query, "insecure") || on(query, "allow_insecure"));
    }

    private static @Nullable String first(Map<String, String> query, String a, String b) {
      String value = query.get(a);
      return value == null || value.isEmpty() ? query.get(b) : value;
    }

    private static boolean on(Map<String, String> query, String key) {
      String value = query.get(key);
      return "1".equals(value) || "true".equals(value);
    }
  }

  private Transport() {}

  /** Adds the keys; {@code tls=false} too, since some protocols have TLS unless told otherwise. */
  static void add(Said said, Map<String, String> keys) throws LinkException {
    switch (said.security()) {
      case "tls" -> {
        keys.put("tls", "true");
        put(keys, "sni", said.sni());
        put(keys, "alpn", said.alpn());
        if (said.insecure()) {
          keys.put("tls-insecure", "true");
        }
      }
      case "", "none" -> keys.put("tls", "false");
      default -> throw new LinkException(said.security() + " is not supported yet");
    }
    switch (said.type()) {
      case "", "tcp", "raw" -> plain(said.headerType());
      case "ws", "websocket" -> webSocket(said, keys);
      case "httpupgrade" -> {
        keys.put("httpupgrade", "true");
        put(keys, "httpupgrade-path", said.path());
        put(keys, "httpupgrade-host", said.host());
      }
      case "h2", "http" -> {
        keys.put("h2", "true");
        put(keys, "h2-path", said.path());
        put(keys, "h2-host", said.host());
      }
      case "grpc" -> {
        keys.put("grpc", "true");
        put(keys, "grpc-service-name", said.serviceName());
      }
      default -> throw new LinkException("the transport '" + said.type() + "' is not supported");
    }
  }

  private static void plain(@Nullable String headerType) throws LinkException {
    if (headerType != null && !headerType.isEmpty() && !headerType.equals("none")) {
      throw new LinkException("the header type '" + headerType + "' is not supported");
    }
  }

  /** A path's {@code ed} parameter is no part of it: it says how much early data may go. */
  private static void webSocket(Said said, Map<String, String> keys) {
    keys.put("ws", "true");
    String path = said.path();
    String early = null;
    if (path != null) {
      int question = path.indexOf('?');
      if (question >= 0) {
        StringBuilder kept = new StringBuilder();
        for (String pair : path.substring(question + 1).split("&", -1)) {
          if (pair.startsWith(EARLY_DATA)) {
            early = pair.substring(EARLY_DATA.length());
          } else if (!pair.isEmpty()) {
            kept.append(kept.isEmpty() ? '?' : '&').append(pair);
          }
        }
        path = path.substring(0, question) + kept;
      }
    }
    put(keys, "ws-path", path);
    put(keys, "ws-host", said.host());
    if (early != null && !early.isEmpty()) {
      keys.put("max-early-data", early);
      keys.put("early-data-header", "Sec-WebSocket-Protocol");
    }
  }

  private static void put(Map<String, String> keys, String key, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      keys.put(key, value);
    }
  }
}
