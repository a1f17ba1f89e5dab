package com.github.shiroedev2024.leaf.engine.http;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The texts of HTTP that people configure, and what may stand in them (RFC 9110, section 5). */
public final class HttpText {
  private HttpText() {}

  /** Whether this may be the name of a field. */
  public static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean fits =
          (c >= '0' && c <= '9')
              || (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
      if (!fits) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Whether this may be the value of a field: bytes that are no control characters. */
  public static boolean isFieldValue(String text) {
    return text.chars().allMatch(c -> (c >= ' ' && c <= 0xff && c != 0x7f) || c == '\t');
  }

  /**
   * The setting {@code path}; "/" when it is absent or empty, a "/" in front where it has none.
   *
   * @param query whether it may have a query, as one that is asked for may
   */
  public static String path(Settings settings, boolean query) {
    String path = settings.string("path", "");
    if (!path.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '#')) {
      settings.error(
          "path",
          "the path has blanks, '#' or characters outside ASCII",
          "write those as %20, %23 and so on");
    } else if (!query && path.indexOf('?') >= 0) {
      settings.error(
          "path",
          "the path has a query, which is never compared, so that nothing could match",
          "remove what begins with '?'");
    }
    return path.startsWith("/") ? path : "/" + path;
  }

  /**
   * The setting {@code headers}.
   *
   * @param reserved lower-case names of the fields that the transport sets itself
   */
  public static Map<String, String> headers(Settings settings, Set<String> reserved) {
    Map<String, String> headers = new LinkedHashMap<>();
    Map<String, String> seen = new LinkedHashMap<>();
    settings
        .stringMap("headers")
        .forEach(
            (name, value) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              if (!isToken(name)) {
                settings.error(
                    "headers",
                    "'" + name + "' is no name of a header",
                    "use letters, digits and '-'");
              } else if (reserved.contains(lower)) {
                settings.error(
                    "headers", "'" + name + "' is set by the handshake itself", "remove it");
              } else if (!isFieldValue(value)) {
                settings.error(
                    "headers",
                    "the header '" + name + "' has line ends or characters outside Latin-1",
                    "remove them");
              } else if (seen.putIfAbsent(lower, name) != null) {
                settings.error(
                    "headers",
                    "'" + name + "' and '" + seen.get(lower) + "' are one header",
                    "keep one of them");
              } else {
                headers.put(name, value);
              }
            });
    return headers;
  }

  /** A setting that is sent as a host: no blanks and nothing outside ASCII. */
  public static String host(Settings settings, String key, String host) {
    if (!host.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '/' && c != '@')) {
      settings.error(
          key,
          "'" + host + "' is no host",
          "use a name in ASCII (xn--… for others) or an address, with or without a port");
    }
    return host;
  }

  /** What a {@code Host} field says of a destination: without its port, IPv6 in brackets. */
  public static String host(Destination destination) {
    String host = destination.host();
    return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
  }

  /** One of the headers, its name in any case, or null. */
  public static @Nullable String header(Map<String, String> headers, String name) {
    for (var each : headers.entrySet()) {
      if (each.getKey().equalsIgnoreCase(name)) {
        return each.getValue();
      }
    }
    return null;
  }

  /**
   * Whether a request's host is the configured one, in any case, with or without a port.
   *
   * @param configured empty accepts any
   */
  public static boolean isHost(String configured, @Nullable String asked) {
    if (configured.isEmpty()) {
      return true;
    }
    return asked != null
        && (asked.equalsIgnoreCase(configured)
            || asked.substring(0, withoutPort(asked)).equalsIgnoreCase(configured));
  }

  /** Whether a request's target has this path, whatever its query. */
  public static boolean isPath(String configured, @Nullable CharSequence target) {
    if (target == null) {
      return false;
    }
    String text = target.toString();
    int query = text.indexOf('?');
    return configured.equals(query < 0 ? text : text.substring(0, query));
  }

  private static int withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon > host.indexOf(']') ? colon : host.length();
  }
}
