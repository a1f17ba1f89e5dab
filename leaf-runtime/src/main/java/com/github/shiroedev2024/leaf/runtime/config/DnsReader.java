package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.DnsSpec;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks the DNS servers and fixed hosts. */
final class DnsReader {
  private static final String DIRECT = "direct:";
  private static final String DOH = "doh:";
  private static final int PORT = 53;

  private final Draft draft;
  private final Problems problems;

  DnsReader(Draft draft, Problems problems) {
    this.draft = draft;
    this.problems = problems;
  }

  DnsSpec read() {
    return new DnsSpec(servers(), hosts());
  }

  private List<DnsSpec.Server> servers() {
    List<DnsSpec.Server> servers = new ArrayList<>();
    boolean refused = false;
    for (Draft.Text text : draft.dnsServers) {
      String written = text.value();
      boolean direct = startsWith(written, DIRECT);
      String rest = direct ? written.substring(DIRECT.length()) : written;
      if (startsWith(rest, DOH)) {
        refused = true;
        problems.error(
            text.source(),
            written,
            "DNS server '" + written + "': DNS over HTTPS is not supported yet",
            "use an IP address or 'system'");
        continue;
      }
      DnsSpec.Server server = server(rest, direct);
      if (server == null) {
        problems.warning(
            text.source(),
            written,
            "DNS server '" + written + "' is not understood and not used",
            "use an IP address, ip:port or 'system', with 'direct:' in front where wanted");
      } else {
        servers.add(server);
      }
    }
    if (servers.isEmpty() && !draft.dnsServers.isEmpty() && !refused) {
      problems.error(
          draft.dnsServers.getFirst().source(),
          draft.dnsServers.getFirst().value(),
          "none of the DNS servers can be used",
          "write dns servers as IP addresses, or remove the setting");
    }
    return servers;
  }

  private static DnsSpec.@Nullable Server server(String text, boolean direct) {
    if (text.equalsIgnoreCase("system")) {
      return new DnsSpec.Server.SystemResolver(direct);
    }
    InetSocketAddress endpoint = Addresses.endpoint(text, PORT);
    return endpoint == null || endpoint.getPort() == 0
        ? null
        : new DnsSpec.Server.Udp(endpoint, direct);
  }

  private static boolean startsWith(String text, String prefix) {
    return text.regionMatches(true, 0, prefix, 0, prefix.length());
  }

  private Map<String, List<InetAddress>> hosts() {
    Map<String, List<InetAddress>> hosts = new LinkedHashMap<>();
    Map<String, Source> places = new LinkedHashMap<>();
    for (Draft.Host host : draft.hosts) {
      String name = host.name().toLowerCase(Locale.ROOT);
      List<InetAddress> addresses = new ArrayList<>();
      for (Draft.Text text : host.addresses()) {
        InetAddress address = Addresses.ip(text.value());
        if (address == null) {
          problems.warning(
              text.source(),
              text.value(),
              "host '" + host.name() + "': '" + text.value() + "' is not an IP address",
              "write addresses such as 192.0.2.1 or 2001:db8::1");
        } else {
          addresses.add(address);
        }
      }
      if (addresses.isEmpty()) {
        problems.warning(
            host.source(),
            host.name(),
            "host '" + host.name() + "' has no address and is not used",
            "add one, or remove it");
        continue;
      }
      Source before = places.put(name, host.source());
      if (before != null) {
        problems.warning(
            before,
            host.name(),
            "host '"
                + name
                + "' has no effect here: line "
                + host.source().line()
                + " sets it again",
            "remove one of them");
      }
      hosts.put(name, List.copyOf(addresses));
    }
    return hosts;
  }
}
