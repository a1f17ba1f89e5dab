package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;

/**
 * What a probe asks for.
 *
 * @param url http or https page for TCP; its status must be 204 when the path ends in that number
 *     ({@code /generate_204}), else 200 to 399. The host {@code healthcheck.leaf} asks for the PONG
 *     of a Leaf server instead, over TCP and UDP
 * @param dnsServer {@code host:port} of a DNS server for UDP
 * @param dnsName the name asked for (type A)
 * @param timeout for one whole probe
 */
public record ProbeTarget(URI url, String dnsServer, String dnsName, Duration timeout) {
  /** The name that a Leaf server answers itself. */
  public static final String LEAF_HOST = "healthcheck.leaf";

  /** What is asked for when nothing is configured. */
  public static final ProbeTarget DEFAULT =
      new ProbeTarget(
          URI.create("http://www.gstatic.com/generate_204"),
          "1.1.1.1:53",
          "www.google.com",
          Duration.ofSeconds(4));

  /**
   * Reads a page's address.
   *
   * @throws IllegalArgumentException with what is wrong, when it is no http or https address
   */
  public static URI readUrl(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'" + text + "' is not a URL", e);
    }
    String scheme = uri.getScheme();
    if (scheme == null
        || !(scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))
        || uri.getHost() == null
        || uri.getPort() > 65535
        || uri.getPort() == 0) {
      throw new IllegalArgumentException("'" + text + "' is not an http:// or https:// page");
    }
    return uri;
  }

  /**
   * The same target with another DNS server, written {@code server[:port][/name]}: port 53 and the
   * name asked for stay as they are where they are left out.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  public ProbeTarget withDns(String text) {
    int slash = text.indexOf('/');
    String server = slash < 0 ? text : text.substring(0, slash);
    String name = slash < 0 ? dnsName : text.substring(slash + 1);
    String checked = hostAndPort(server, 53).toString();
    if (!isName(name)) {
      throw new IllegalArgumentException("'" + name + "' is not a domain name");
    }
    return new ProbeTarget(url, checked, name, timeout);
  }

  public ProbeTarget withUrl(URI other) {
    return new ProbeTarget(other, dnsServer, dnsName, timeout);
  }

  public ProbeTarget withTimeout(Duration other) {
    return new ProbeTarget(url, dnsServer, dnsName, other);
  }

  /** Whether the PONG of a Leaf server is asked for. */
  public boolean asksLeaf() {
    return LEAF_HOST.equalsIgnoreCase(url.getHost());
  }

  /** Where the page is: the URL's host and port. */
  public Destination page() {
    String host = url.getHost();
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    int port = url.getPort();
    return Destination.of(
        bracketed ? host.substring(1, host.length() - 1) : host,
        port > 0 ? port : isHttps() ? 443 : 80);
  }

  public boolean isHttps() {
    return url.getScheme().toLowerCase(Locale.ROOT).equals("https");
  }

  /** Where the DNS server is. */
  public Destination dns() {
    return hostAndPort(dnsServer, 53);
  }

  private static Destination hostAndPort(String text, int fallbackPort) {
    String host = text;
    int port = fallbackPort;
    int colon = text.lastIndexOf(':');
    boolean bracketed = text.startsWith("[");
    boolean bareIpv6 = !bracketed && colon != text.indexOf(':');
    if (colon > text.lastIndexOf(']') && !bareIpv6) {
      host = text.substring(0, colon);
      try {
        port = Integer.parseInt(text.substring(colon + 1));
      } catch (NumberFormatException e) {
        port = 0;
      }
    }
    if (bracketed && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    Destination destination = port < 1 || port > 65535 ? null : Destination.of(host, port);
    if (destination == null || (destination.isDomain() && !isName(host))) {
      throw new IllegalArgumentException("'" + text + "' is not a server; write address:port");
    }
    return destination;
  }

  private static boolean isName(String name) {
    if (name.isEmpty() || name.length() > 253) {
      return false;
    }
    for (String label : name.split("\\.", -1)) {
      if (label.isEmpty()
          || label.length() > 63
          || !label
              .chars()
              .allMatch(
                  c ->
                      c == '-'
                          || c == '_'
                          || (c >= '0' && c <= '9')
                          || (c >= 'a' && c <= 'z')
                          || (c >= 'A' && c <= 'Z'))) {
        return false;
      }
    }
    return true;
  }
}
