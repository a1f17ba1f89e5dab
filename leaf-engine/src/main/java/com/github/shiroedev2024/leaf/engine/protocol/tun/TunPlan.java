package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The device that options ask for, defaults filled in.
 *
 * @param fd an open device, or -1
 * @param four null only with {@code fd}: then the device's own
 * @param six null when IPv6 is not carried
 * @param dnsRoutes whether DNS is led to it even where other things are not
 * @param gateway whether the machine forwards for others
 */
record TunPlan(
    int fd,
    String name,
    @Nullable TunNet four,
    @Nullable TunNet six,
    int mtu,
    boolean autoRoute,
    int mark,
    boolean dnsRoutes,
    boolean gateway) {
  static TunPlan of(TunOptions options, EngineOptions engine) {
    String name = options.name();
    if (options.fd() >= 0) {
      return new TunPlan(
          options.fd(),
          "",
          null,
          null,
          options.mtu(),
          options.autoRoute(),
          engine.get(EngineOptions.OUTBOUND_MARK),
          options.answersDns(),
          options.autoRoute() && engine.get(EngineOptions.GATEWAY_MODE));
    }
    TunNet four = options.four();
    TunNet six = options.six();
    if (four == null) {
      four =
          net(
              engine.get(EngineOptions.DEFAULT_TUN_IPV4_ADDR),
              TunType.prefix(engine.get(EngineOptions.DEFAULT_TUN_IPV4_MASK)),
              engine.get(EngineOptions.DEFAULT_TUN_IPV4_GW));
    }
    if (six == null && engine.get(EngineOptions.ENABLE_IPV6)) {
      six =
          net(
              engine.get(EngineOptions.DEFAULT_TUN_IPV6_ADDR),
              engine.get(EngineOptions.DEFAULT_TUN_IPV6_PREFIXLEN),
              engine.get(EngineOptions.DEFAULT_TUN_IPV6_GW));
    }
    return new TunPlan(
        -1,
        name == null ? engine.get(EngineOptions.DEFAULT_TUN_NAME) : name,
        four,
        six,
        options.mtu(),
        options.autoRoute(),
        engine.get(EngineOptions.OUTBOUND_MARK),
        options.answersDns(),
        options.autoRoute() && engine.get(EngineOptions.GATEWAY_MODE));
  }

  /** With a neighbour of the address as the peer, where the one that is set is none. */
  private static TunNet net(String address, int prefix, String peer) {
    InetAddress own = InetAddress.ofLiteral(address);
    InetAddress other = InetAddress.ofLiteral(peer);
    return TunNet.fit(own, prefix, other) ? new TunNet(own, prefix, other) : TunNet.of(own, prefix);
  }

  /** The families it carries. */
  List<TunNet> nets() {
    List<TunNet> nets = new ArrayList<>(2);
    if (four != null) {
      nets.add(four);
    }
    if (six != null) {
      nets.add(six);
    }
    return List.copyOf(nets);
  }

  /** The same with the addresses that a handed-in device turned out to have. */
  TunPlan on(String device, @Nullable TunNet itsFour, @Nullable TunNet itsSix) {
    return new TunPlan(fd, device, itsFour, itsSix, mtu, autoRoute, mark, dnsRoutes, gateway);
  }
}
