package com.github.shiroedev2024.leaf.engine.protocol.http;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * What a request line asks for, RFC 9112 section 3.2.
 *
 * @param authority the value for {@code Host}: without user name and default port
 * @param path what the origin server is asked for, in origin-form ({@code *} for a bare OPTIONS)
 */
record HttpTarget(Destination destination, String authority, String path) {
  private static final String SCHEME = "http://";
  private static final int HTTP_PORT = 80;
  private static final int NO_PORT = -1;

  /** Reads the absolute-form that a proxy is sent. */
  static HttpTarget absolute(HttpMethod method, String uri) throws HttpRefusal {
    visible(uri);
    if (!uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      if (uri.regionMatches(true, 0, "https://", 0, 8)) {
        throw new HttpRefusal(
            HttpResponseStatus.NOT_IMPLEMENTED,
            "this proxy does not speak TLS for you; ask for https:// pages by CONNECT");
      }
      throw new HttpRefusal(
          HttpResponseStatus.BAD_REQUEST,
          "this is a proxy: a request must be CONNECT host:port or name a whole http:// URL");
    }
    int start = SCHEME.length();
    int end = start;
    while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
      end++;
    }
    String authority = uri.substring(start, end);
    // A user name in front of the host is for the client to send as Authorization, not for us.
    authority = authority.substring(authority.lastIndexOf('@') + 1);
    int hash = uri.indexOf('#', end);
    String rest = uri.substring(end, hash < 0 ? uri.length() : hash);
    String path;
    if (rest.isEmpty()) {
      path = method.equals(HttpMethod.OPTIONS) ? "*" : "/";
    } else {
      path = rest.charAt(0) == '/' ? rest : "/" + rest;
    }
    Destination destination = destination(authority, HTTP_PORT);
    return new HttpTarget(destination, host(destination), path);
  }

  /** Reads the authority-form of CONNECT, whose port must be there. */
  static Destination authority(String text) throws HttpRefusal {
    visible(text);
    return destination(text, NO_PORT);
  }

  private static String host(Destination destination) {
    String text = destination.toString();
    return destination.port() == HTTP_PORT ? text.substring(0, text.lastIndexOf(':')) : text;
  }

  private static Destination destination(String authority, int defaultPort) throws HttpRefusal {
    int hostEnd;
    if (authority.startsWith("[")) {
      hostEnd = authority.indexOf(']') + 1;
    } else {
      int colon = authority.indexOf(':');
      hostEnd = colon < 0 ? authority.length() : colon;
    }
    String host = authority.substring(0, hostEnd);
    String port = authority.substring(hostEnd);
    boolean bracketed = host.startsWith("[");
    if (host.isEmpty()
        || host.length() > 255
        || host.chars().anyMatch(c -> "@/\\".indexOf(c) >= 0)) {
      throw new HttpRefusal(
          HttpResponseStatus.BAD_REQUEST, "'" + authority + "' does not name a host");
    }
    int number;
    if ((port.isEmpty() || port.equals(":")) && defaultPort != NO_PORT) {
      number = defaultPort;
    } else {
      number = port(authority, port);
    }
    Destination destination =
        Destination.of(bracketed ? host.substring(1, host.length() - 1) : host, number);
    if (bracketed && (destination.isDomain() || destination.host().indexOf(':') < 0)) {
      throw new HttpRefusal(
          HttpResponseStatus.BAD_REQUEST, "'" + host + "' is not an IPv6 address in brackets");
    }
    return destination;
  }

  private static int port(String authority, String port) throws HttpRefusal {
    int number = 0;
    if (port.length() >= 2 && port.length() <= 6 && port.charAt(0) == ':') {
      for (int i = 1; i < port.length() && number >= 0; i++) {
        int digit = port.charAt(i) - '0';
        number = digit < 0 || digit > 9 ? -1 : number * 10 + digit;
      }
    }
    if (number < 1 || number > 65_535) {
      throw new HttpRefusal(
          HttpResponseStatus.BAD_REQUEST,
          "'" + authority + "' does not end in a port from 1 to 65535");
    }
    return number;
  }

  private static void visible(String text) throws HttpRefusal {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) == 0x7f) {
        throw new HttpRefusal(
            HttpResponseStatus.BAD_REQUEST, "the request target holds a control character");
      }
    }
  }
}
