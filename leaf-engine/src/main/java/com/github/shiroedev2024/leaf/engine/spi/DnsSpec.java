package com.github.shiroedev2024.leaf.engine.spi;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/**
 * How names are looked up.
 *
 * @param servers in the configured order; empty means the system's resolver
 * @param hosts fixed answers, by lower-case name
 */
public record DnsSpec(List<Server> servers, Map<String, List<InetAddress>> hosts) {
  /** One DNS server. */
  public sealed interface Server {
    /** For names that go out directly ({@code direct:} in front). */
    boolean direct();

    /** The operating system's own resolver. */
    record SystemResolver(boolean direct) implements Server {}

    /** A server asked over UDP, and over TCP when the answer was cut. */
    record Udp(InetSocketAddress address, boolean direct) implements Server {}
  }
}
