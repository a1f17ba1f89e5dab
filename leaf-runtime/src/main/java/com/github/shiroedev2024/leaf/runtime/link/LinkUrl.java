package com.github.shiroedev2024.leaf.runtime.link;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A link of the form {@code scheme://user@host:port/?key=value#name} (RFC 3986), read leniently:
 * the user part may hold what should have been encoded, a plus sign is a plus sign.
 *
 * @param user the part before the last {@code @}, as written
 * @param host without brackets
 * @param query decoded; of a key written twice the first counts
 * @param name the fragment, decoded, or null
 */
record LinkUrl(
    String scheme,
    String user,
    String host,
    int port,
    Map<String, String> query,
    @Nullable String name) {

  /** The text behind {@code scheme://} without the fragment, and the fragment. */
  record Split(String body, @Nullable String name) {}

  static Split split(String link) throws LinkException {
    String rest = link.substring(link.indexOf("://") + 3);
    int hash = rest.indexOf('#');
    return hash < 0
        ? new Split(rest, null)
        : new Split(rest.substring(0, hash), decoded(rest.substring(hash + 1), "the name"));
  }

  static LinkUrl parse(String link) throws LinkException {
    String scheme = link.substring(0, link.indexOf("://"));
    Split split = split(link);
    String rest = split.body();
    Map<String, String> query = Map.of();
    int question = rest.indexOf('?');
    if (question >= 0) {
      query = query(rest.substring(question + 1));
      rest = rest.substring(0, question);
    }
    int at = rest.lastIndexOf('@');
    if (at < 0) {
      throw new LinkException("there is no '@' between the user and the server");
    }
    String server = rest.substring(at + 1);
    int slash = server.indexOf('/');
    server = slash < 0 ? server : server.substring(0, slash);
    int colon = server.lastIndexOf(':');
    if (colon < 0 || server.endsWith("]")) {
      throw new LinkException("the server '" + server + "' has no port");
    }
    String host = server.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    return new LinkUrl(
        scheme,
        rest.substring(0, at),
        host(host),
        port(server.substring(colon + 1)),
        query,
        split.name());
  }

  static String host(String host) throws LinkException {
    if (host.isBlank()) {
      throw new LinkException("the server has no name");
    }
    return host.strip();
  }

  static int port(String text) throws LinkException {
    try {
      int port = Integer.parseInt(text.strip());
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // told below, like a number that is none
    }
    throw new LinkException("'" + text + "' is no port; it must be 1 to 65535");
  }

  private static Map<String, String> query(String text) throws LinkException {
    Map<String, String> query = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        String key = pair.substring(0, equals);
        query.putIfAbsent(key, decoded(pair.substring(equals + 1), "'" + key + "'"));
      }
    }
    return query;
  }

  /**
   * Percent-decoded UTF-8 without control characters; a percent sign without two digits behind it
   * is itself.
   */
  static String decoded(String text, String what) throws LinkException {
    if (text.indexOf('%') < 0) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      if (bytes[i] == '%' && high >= 0 && low >= 0) {
        out.put((byte) ((high << 4) | low));
        i += 2;
      } else {
        out.put(bytes[i]);
      }
    }
    String plain;
    try {
      plain = StandardCharsets.UTF_8.newDecoder().decode(out.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new LinkException(what + " is not UTF-8");
    }
    if (plain.chars().anyMatch(Character::isISOControl)) {
      throw new LinkException(what + " holds control characters");
    }
    return plain;
  }
}
