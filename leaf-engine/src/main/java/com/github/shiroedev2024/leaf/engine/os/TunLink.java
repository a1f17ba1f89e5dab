package com.github.shiroedev2024.leaf.engine.os;

import com.github.shiroedev2024.leaf.engine.os.Netlink.Found;
import com.github.shiroedev2024.leaf.engine.os.Netlink.Rule;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Linux knows of a TUN device beside its packets: addresses, state, and the rules that lead
 * the machine's traffic to it. Blocks; for control threads.
 *
 * <p>The rules, by priority, in a table of their own that holds nothing but a default route to the
 * device:
 *
 * <pre>
 * BASE      traffic with Leaf's mark            → main table, as if there were no device
 * BASE + 1  UDP and TCP to port 53, if hijacked → device
 * BASE + 2  whatever main has a route for that is not the default route: local networks → main
 * BASE + 3  sent from the device's address      → device
 * BASE + 4  IPv4: sent without a source yet, which is what new connections are → device
 *           IPv6: sent from any other address   → main: answers to clients from outside; left
 *           out when IPv6 is off, so that none gets out
 * BASE + 5  forwarded for others; IPv6: what is left → device
 * </pre>
 *
 * They carry a routing protocol number of Leaf's own, so that those of a process that was killed
 * are known and removed by the next one. Its device, and the route with it, went with the process.
 */
public final class TunLink {
  /** The first of six priorities; six below it serve when rules are exchanged for others. */
  static final int BASE = 8_990;

  private static final int RULES = 6;

  /** The routing table; also the number that marks Leaf's own sockets unless another is set. */
  public static final int TABLE = 7_855;

  /** The routing protocol that rules and routes are marked with (rtnetlink: 5 to 255 are free). */
  static final int PROTOCOL = 233;

  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int DNS = 53;

  /** Packets that wait for a reader that has no processor for a while; Linux gives a TUN 500. */
  private static final int QUEUE_LENGTH = 2_000;

  /** Behind every other route: where traffic goes while a device is exchanged. */
  private static final int LAST = -1;

  private static final InetAddress NONE = InetAddress.ofLiteral("0.0.0.0");
  private static final InetAddress LOWER_HALF = InetAddress.ofLiteral("::");
  private static final InetAddress UPPER_HALF = InetAddress.ofLiteral("8000::");

  private TunLink() {}

  /** An address of the device. */
  public record Address(InetAddress address, int prefix) {}

  /** Sets the size of the largest packet; bytes. */
  public static void mtu(String device, int mtu) throws IOException {
    try (Netlink netlink = new Netlink()) {
      netlink.sizes(netlink.index(device), mtu, QUEUE_LENGTH);
    } catch (IOException e) {
      throw failed("MTU " + mtu + " of " + device, e);
    }
  }

  /** Gives a device that is down another name. */
  public static void rename(String device, String name) throws IOException {
    try (Netlink netlink = new Netlink()) {
      netlink.rename(netlink.index(device), name);
    } catch (IOException e) {
      throw failed("renaming " + device + " to " + name, e);
    }
  }

  /** Brings the device up with these addresses. */
  public static void up(String device, List<Address> addresses) throws IOException {
    try (Netlink netlink = new Netlink()) {
      int index = netlink.index(device);
      // Answers come from anywhere; "loose" is what makes that good where the machine is strict.
      set("/proc/sys/net/ipv4/conf/" + device + "/rp_filter", "2");
      set("/proc/sys/net/ipv6/conf/" + device + "/accept_ra", "0");
      for (Address a : addresses) {
        try {
          netlink.address(index, a.address, a.prefix);
        } catch (IOException e) {
          throw failed("address " + a.address.getHostAddress() + " of " + device, e);
        }
      }
      netlink.up(index);
    } catch (Netlink.Refused e) {
      throw failed("bringing " + device + " up", e);
    }
  }

  private static void set(String file, String value) {
    Path path = Path.of(file);
    try {
      if (Files.exists(path)) {
        Files.writeString(path, value);
      }
    } catch (IOException e) {
      // Read-only in some containers. The defaults do: the rules give every answer its way back.
    }
  }

  private static IOException failed(String what, IOException cause) {
    return new IOException(what + ": " + cause.getMessage(), cause);
  }

  /**
   * What is led to the device.
   *
   * @param mark of Leaf's own sockets; not 0
   * @param six the device's IPv6 address, or null: then IPv6 is led there all the same, from
   *     whatever address, for Leaf to refuse it
   * @param former addresses that devices before this one had: connections from there may live on
   *     for a while, and must not get out
   */
  public record Routes(
      String device,
      InetAddress four,
      @Nullable InetAddress six,
      List<InetAddress> former,
      int mark,
      boolean dns) {
    public Routes {
      former = List.copyOf(former);
    }
  }

  /**
   * Leads the machine's traffic to the device; rules that led it elsewhere go when the new ones are
   * there. Undoes everything when it fails.
   */
  public static void lead(Routes routes) throws IOException {
    try (Netlink netlink = new Netlink()) {
      int index = netlink.index(routes.device);
      try {
        for (int family : families()) {
          route(netlink, family, index);
          List<Found> before = netlink.rules(family, PROTOCOL);
          boolean high = before.stream().anyMatch(r -> r.priority() >= BASE);
          for (Rule rule : rules(routes, family, high ? BASE - RULES : BASE)) {
            netlink.add(rule, PROTOCOL);
          }
          for (Found old : before) {
            netlink.remove(old, true);
          }
        }
      } catch (IOException e) {
        clear(netlink);
        throw failed("routes to " + routes.device, e);
      }
    }
  }

  private static void route(Netlink netlink, int family, int index) throws IOException {
    try {
      netlink.defaultRoute(family, TABLE, PROTOCOL, index, 0);
    } catch (Netlink.Refused e) {
      if (family == Netlink.INET) {
        throw e;
      }
      // No IPv6 on the device (too small an MTU, or switched off): nothing must get out beside it.
      netlink.defaultRoute(family, TABLE, PROTOCOL, 0, LAST);
    }
  }

  private static int[] families() {
    return Files.isDirectory(Path.of("/proc/sys/net/ipv6"))
        ? new int[] {Netlink.INET, Netlink.INET6}
        : new int[] {Netlink.INET};
  }

  private static List<Rule> rules(Routes routes, int family, int base) {
    List<Rule> rules = new ArrayList<>();
    rules.add(Rule.of(family, base, Netlink.MAIN).marked(routes.mark));
    if (routes.dns) {
      rules.add(Rule.of(family, base + 1, TABLE).to(UDP, DNS));
      rules.add(Rule.of(family, base + 1, TABLE).to(TCP, DNS));
    }
    rules.add(Rule.of(family, base + 2, Netlink.MAIN).specific());
    for (InetAddress old : routes.former) {
      if (Netlink.family(old) == family) {
        int whole = old.getAddress().length * 8;
        rules.add(Rule.of(family, base + 3, TABLE).local(true).from(old, whole));
      }
    }
    if (family == Netlink.INET) {
      rules.add(Rule.of(family, base + 3, TABLE).local(true).from(routes.four, 32));
      rules.add(Rule.of(family, base + 4, TABLE).local(true).from(NONE, 32));
      rules.add(Rule.of(family, base + 5, TABLE).local(false));
    } else {
      if (routes.six != null) {
        rules.add(Rule.of(family, base + 3, TABLE).local(true).from(routes.six, 128));
        rules.add(Rule.of(family, base + 4, Netlink.MAIN).local(true).from(LOWER_HALF, 1));
        rules.add(Rule.of(family, base + 4, Netlink.MAIN).local(true).from(UPPER_HALF, 1));
      }
      rules.add(Rule.of(family, base + 5, TABLE));
    }
    return rules;
  }

  /** Makes everything that is led to a device unreachable while there is none, or lets it go. */
  public static void hold(boolean on) throws IOException {
    try (Netlink netlink = new Netlink()) {
      for (int family : families()) {
        if (on) {
          netlink.defaultRoute(family, TABLE, PROTOCOL, 0, LAST);
        } else if (led(netlink, family)) {
          netlink.removeDefaultRoute(family, TABLE, PROTOCOL, 0, LAST);
        }
      }
    } catch (IOException e) {
      throw failed("holding traffic back", e);
    }
  }

  private static boolean led(Netlink netlink, int family) throws IOException {
    return netlink.routes(family, PROTOCOL).stream()
        .anyMatch(r -> r.table() == TABLE && r.device() != 0);
  }

  /**
   * Removes rules that are led by no device any more.
   *
   * @throws IOException when they are another process's, which lives
   */
  public static void clearAbandoned() throws IOException {
    try (Netlink netlink = new Netlink()) {
      for (int family : families()) {
        for (Found route : netlink.routes(family, PROTOCOL)) {
          if (route.table() == TABLE && route.device() != 0) {
            throw new IOException(
                "another Leaf leads this machine's traffic already (routing table "
                    + TABLE
                    + "); stop it, or set auto-route = false");
          }
        }
      }
      clear(netlink);
    }
  }

  /** Removes all rules and routes of Leaf. */
  public static void clear() throws IOException {
    try (Netlink netlink = new Netlink()) {
      clear(netlink);
    }
  }

  private static void clear(Netlink netlink) throws IOException {
    for (int family : families()) {
      for (Found rule : netlink.rules(family, PROTOCOL)) {
        netlink.remove(rule, true);
      }
      for (Found route : netlink.routes(family, PROTOCOL)) {
        if (route.table() == TABLE) {
          netlink.remove(route, false);
        }
      }
    }
  }
}
