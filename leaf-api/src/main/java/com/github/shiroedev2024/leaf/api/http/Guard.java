package com.github.shiroedev2024.leaf.api.http;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages in a browser from driving a loopback API. The {@code Host} must be a loopback one, or
 * a name that its owner points here could be used (DNS rebinding). An {@code Origin} must be a
 * loopback one, an app's own or an allowed one. A request that says it comes from another site must
 * have such an origin.
 */
public final class Guard {
  private static final Set<String> APP_ORIGINS =
      Set.of("tauri://localhost", "http://tauri.localhost", "https://tauri.localhost");

  private volatile Set<String> allowedOrigins;

  /**
   * @param allowedOrigins further origins that may call, such as {@code https://panel.example}
   */
  public Guard(List<String> allowedOrigins) {
    this.allowedOrigins = normalized(allowedOrigins);
  }

  /** Replaces the further origins that may call. */
  public void allowedOrigins(List<String> origins) {
    allowedOrigins = normalized(origins);
  }

  private static Set<String> normalized(List<String> origins) {
    return Set.copyOf(
        origins.stream()
            .map(origin -> origin.strip().toLowerCase(Locale.ROOT))
            .map(origin -> origin.endsWith("/") ? origin.substring(0, origin.length() - 1) : origin)
            .toList());
  }

  /**
   * Looks at a request's headers.
   *
   * @param authority the host and port of a target in absolute form, else null
   * @return why it is refused, null when it may pass
   */
  @Nullable Refusal check(
      List<String> hosts,
      @Nullable String authority,
      List<String> origins,
      @Nullable String fetchSite) {
    if (hosts.size() != 1) {
      return new Refusal(400, hosts.isEmpty() ? "no Host header" : "more than one Host header");
    }
    for (String host : authority == null ? hosts : List.of(hosts.getFirst(), authority)) {
      if (host.isBlank()) {
        return new Refusal(400, "empty Host header");
      }
      if (!isLoopbackAuthority(host)) {
        return new Refusal(
            403,
            "host '" + shown(host) + "' is not a loopback address; call 127.0.0.1 or localhost");
      }
    }
    if (origins.size() > 1) {
      return new Refusal(403, "more than one Origin header");
    }
    if (!origins.isEmpty() && !isAllowed(origins.getFirst())) {
      return new Refusal(
          403,
          "origin '"
              + shown(origins.getFirst())
              + "' may not call this API; list it in api-allowed-origins to let it");
    }
    if (origins.isEmpty() && "cross-site".equalsIgnoreCase(fetchSite)) {
      return new Refusal(403, "a page of another site may not call this API");
    }
    return null;
  }

  private static String shown(String text) {
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }

  private boolean isAllowed(String origin) {
    String lower = origin.toLowerCase(Locale.ROOT);
    if (APP_ORIGINS.contains(lower) || allowedOrigins.contains(lower)) {
      return true;
    }
    for (String scheme : List.of("http://", "https://")) {
      if (lower.startsWith(scheme)) {
        return isLoopbackAuthority(lower.substring(scheme.length()));
      }
    }
    return false;
  }

  /** Whether this is {@code localhost} or a loopback address, with or without a port. */
  static boolean isLoopbackAuthority(String authority) {
    String host = authority;
    int portColon = authority.lastIndexOf(':');
    if (portColon > authority.lastIndexOf(']')) {
      String port = authority.substring(portColon + 1);
      if (port.length() > 5 || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return false;
      }
      host = authority.substring(0, portColon);
    }
    if (host.startsWith("[")) {
      return host.endsWith("]")
          && NetUtil.isValidIpV6Address(host.substring(1, host.length() - 1))
          && isLoopback(NetUtil.createByteArrayFromIpAddressString(host));
    }
    return host.equalsIgnoreCase("localhost")
        || (NetUtil.isValidIpV4Address(host)
            && isLoopback(NetUtil.createByteArrayFromIpAddressString(host)));
  }

  private static boolean isLoopback(byte @Nullable [] address) {
    if (address == null) {
      return false;
    }
    try {
      return InetAddress.getByAddress(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address.length + " bytes are not an IP address", e);
    }
  }

  /** A request that may not pass. */
  record Refusal(int status, String text) {}
}
