package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.dns.FakeDnsFilter;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.LinuxTun;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The inbound type {@code tun}. */
public final class TunType implements InboundType {
  /** What IPv4 asks of every link (RFC 791 section 3.1). */
  private static final int MIN_MTU = 576;

  /** What IPv6 asks of every link (RFC 8200 section 5). */
  private static final int MIN_MTU6 = 1280;

  private static final int MAX_MTU = 65_535;
  private static final int DEFAULT_MTU = 1500;
  private static final int DEFAULT_PREFIX = 24;
  private static final int DEFAULT_PREFIX6 = 64;

  /** Visible ASCII, but for the star. */
  private static final String PART_OF_A_NAME = "[!-)+-~]+";

  @Override
  public String name() {
    return "tun";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        new Key("auto", "false", "make the device with its defaults and set the routes"),
        new Key("fd", "-1", "descriptor of an open, addressed device; -1: make one"),
        new Key("name", "DEFAULT_TUN_NAME", "device name, at most 15 bytes"),
        new Key("address", "DEFAULT_TUN_IPV4_ADDR", "IPv4 address, may have /prefix"),
        new Key("netmask", "DEFAULT_TUN_IPV4_MASK", "IPv4 mask or prefix length"),
        new Key("gateway", "DEFAULT_TUN_IPV4_GW", "another address of the subnet, used by nobody"),
        new Key("mtu", "1500", "largest packet; bytes, 576 to 65535"),
        new Key("address6", "with ENABLE_IPV6: DEFAULT_TUN_IPV6_ADDR", "IPv6 address/prefix"),
        new Key("autoRoute", "the value of auto", "lead the machine's traffic to the device"),
        new Key("mark", "7855 with autoRoute, else none", "firewall mark of Leaf's own sockets"),
        new Key("dnsHijack", "on with fake DNS, else false", "answer A and AAAA queries itself"),
        new Key(
            "fakeDnsExclude",
            "none",
            "parts of names that get real addresses; all others get fake ones"),
        new Key("fakeDnsInclude", "none", "parts of names that get fake addresses; *: all"),
        new Key("tun2socks", "none", "no effect: the system's own TCP is used"),
        new Key("wintun", "none", "no effect: Windows only"),
        new Key("dnsServers", "none", "no effect: Windows only"));
  }

  @Override
  public Set<Network> networks(PartOptions options) {
    return EnumSet.noneOf(Network.class);
  }

  @Override
  public int mark(PartOptions options) {
    return ((TunOptions) options).ownMark();
  }

  @Override
  public boolean once() {
    return true;
  }

  @Override
  public PartOptions read(Settings settings) {
    int fd = (int) settings.number("fd", -1, -1, Integer.MAX_VALUE);
    boolean auto = settings.bool("auto", false);
    boolean autoRoute = settings.bool("autoRoute", auto);
    String name = settings.string("name");
    if (name != null && (name.isEmpty() || tooLong(name) || !name.matches("[^/\\s:]+"))) {
      settings.error(
          "name",
          "'" + name + "' cannot be the name of a device",
          "use 1 to " + LinuxTun.MAX_NAME + " bytes without '/', ':' and spaces");
      name = null;
    }
    TunNet four = four(settings);
    TunNet six = six(settings);
    int mtu = (int) settings.number("mtu", DEFAULT_MTU, MIN_MTU, MAX_MTU);
    if (six != null && mtu < MIN_MTU6) {
      settings.error("mtu", "IPv6 does not work with an mtu of " + mtu, "use at least " + MIN_MTU6);
    }
    int mark = (int) settings.number("mark", 0, 0, Integer.MAX_VALUE);
    FakeDnsFilter fake = fakeDns(settings);
    boolean hijack = settings.bool("dnsHijack", fake != null);
    for (String key : List.of("tun2socks", "wintun", "dnsServers")) {
      if (settings.has(key)) {
        settings.warning(key, settings.named(key) + " has no effect", "remove it");
      }
    }
    if (fd >= 0) {
      for (String key : List.of("name", "address", "netmask", "gateway", "mtu", "address6")) {
        if (settings.has(key)) {
          settings.warning(
              key,
              settings.named(key) + " has no effect on a device that is handed in",
              "remove it");
        }
      }
    }
    return fd >= 0
        ? new TunOptions(fd, null, null, null, DEFAULT_MTU, autoRoute, mark, hijack, fake)
        : new TunOptions(-1, name, four, six, mtu, autoRoute, mark, hijack, fake);
  }

  private static boolean tooLong(String name) {
    return name.getBytes(StandardCharsets.UTF_8).length > LinuxTun.MAX_NAME;
  }

  /** Which names get fake addresses; null when none do, as neither list says which. */
  private static @Nullable FakeDnsFilter fakeDns(Settings settings) {
    List<String> exclude = settings.strings("fakeDnsExclude");
    List<String> include = settings.strings("fakeDnsInclude");
    if (!exclude.isEmpty() && !include.isEmpty()) {
      settings.error(
          "fakeDnsInclude",
          settings.named("fakeDnsExclude")
              + " and "
              + settings.named("fakeDnsInclude")
              + " cannot be given together",
          "keep one of the two lists");
      return null;
    }
    boolean only = exclude.isEmpty();
    List<String> words = only ? include : exclude;
    for (String word : words) {
      if (!word.equals("*") && !word.matches(PART_OF_A_NAME)) {
        settings.error(
            only ? "fakeDnsInclude" : "fakeDnsExclude",
            "'" + word + "' is part of no name",
            "write a name or a part of one such as example.org, international names in their"
                + " xn-- form, or * for all");
      }
    }
    return words.isEmpty() ? null : new FakeDnsFilter(only, words);
  }

  private static @Nullable TunNet four(Settings settings) {
    String text = settings.string("address");
    if (text == null) {
      for (String key : List.of("netmask", "gateway")) {
        if (settings.has(key)) {
          settings.warning(
              key, settings.named(key) + " has no effect without address", "add address");
        }
      }
      return null;
    }
    int slash = text.indexOf('/');
    InetAddress address = literal(slash < 0 ? text : text.substring(0, slash), false);
    if (address == null || address.isAnyLocalAddress() || address.isMulticastAddress()) {
      settings.error(
          "address", "'" + text + "' is not an IPv4 address", "write one such as 10.255.0.2/24");
      return null;
    }
    int prefix = DEFAULT_PREFIX;
    String key = "netmask";
    String mask = settings.string("netmask");
    if (slash >= 0) {
      key = "address";
      mask = text.substring(slash + 1);
    }
    if (mask != null) {
      prefix = prefix(mask);
      if (prefix < 1 || prefix > 31) {
        settings.error(
            key, "'" + mask + "' is not the mask of a subnet", "use 255.255.255.0 or 24");
        return null;
      }
    }
    String gateway = settings.string("gateway");
    InetAddress peer = gateway == null ? null : literal(gateway, false);
    if (gateway != null && peer == null) {
      settings.error("gateway", "'" + gateway + "' is not an IPv4 address", "write one");
      return null;
    }
    try {
      return peer == null ? TunNet.of(address, prefix) : new TunNet(address, prefix, peer);
    } catch (IllegalArgumentException e) {
      settings.error(
          gateway == null ? key : "gateway",
          String.valueOf(e.getMessage()),
          "name another address of the device's subnet");
      return null;
    }
  }

  private static @Nullable TunNet six(Settings settings) {
    String text = settings.string("address6");
    if (text == null) {
      return null;
    }
    int slash = text.indexOf('/');
    InetAddress address = literal(slash < 0 ? text : text.substring(0, slash), true);
    int prefix = slash < 0 ? DEFAULT_PREFIX6 : prefix(text.substring(slash + 1));
    if (address == null
        || address.isAnyLocalAddress()
        || address.isMulticastAddress()
        || address.isLinkLocalAddress()
        || prefix < 1
        || prefix > 127) {
      settings.error(
          "address6",
          "'" + text + "' is not an IPv6 address/prefix",
          "write one such as fd00::2/64");
      return null;
    }
    return TunNet.of(address, prefix);
  }

  /** A prefix length, or the one that a mask in dots means; -1 when it is neither. */
  static int prefix(String text) {
    if (text.matches("[0-9]{1,3}")) {
      return Integer.parseInt(text);
    }
    InetAddress mask = literal(text, false);
    if (mask == null) {
      return -1;
    }
    int bits = (int) Flow.low(mask);
    int prefix = Integer.bitCount(bits);
    return prefix == Integer.numberOfLeadingZeros(~bits) ? prefix : -1;
  }

  private static @Nullable InetAddress literal(String text, boolean six) {
    InetAddress address = Destination.of(text, 0).address();
    return address == null || address instanceof Inet4Address == six ? null : address;
  }

  @Override
  public Inbound build(InboundSpec spec, InboundContext context) {
    return new TunInbound(spec.tag(), (TunOptions) spec.options(), context);
  }
}
