package com.github.shiroedev2024.leaf.engine;

import com.github.shiroedev2024.leaf.engine.dial.SystemDialer;
import com.github.shiroedev2024.leaf.engine.dispatch.Routing;
import com.github.shiroedev2024.leaf.engine.dns.DnsCache;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.registry.Registry;
import com.github.shiroedev2024.leaf.engine.route.Router;
import com.github.shiroedev2024.leaf.engine.session.Hop;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.sniff.Sniffing;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.EngineSpec;
import com.github.shiroedev2024.leaf.engine.spi.Group;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Prober;
import com.github.shiroedev2024.leaf.engine.spi.Resolver;
import com.github.shiroedev2024.leaf.engine.spi.RuleSpec;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One immutable set of outbounds, rules and inbounds, built from an {@link EngineSpec}. A reload
 * builds another and swaps; see {@link EngineBuilder} for what the two may share.
 */
public final class Engine implements Routing {
  private final EngineSpec spec;
  private final Map<String, OutboundSpec> specs;
  private final Map<String, Outbound> outbounds;
  private final Map<InboundSpec, Inbound> inbounds;
  private final Router router;
  private final DnsCache dnsCache;
  private final Resolver resolver;
  private final SystemDialer system;
  private final Prober prober;
  private final Sniffing sniffing;

  Engine(
      EngineSpec spec,
      Map<String, OutboundSpec> specs,
      Map<String, Outbound> outbounds,
      Map<InboundSpec, Inbound> inbounds,
      Router router,
      DnsCache dnsCache,
      Resolver resolver,
      SystemDialer system,
      Prober prober) {
    this.spec = spec;
    this.specs = specs;
    this.outbounds = outbounds;
    this.inbounds = inbounds;
    this.router = router;
    this.dnsCache = dnsCache;
    this.resolver = resolver;
    this.system = system;
    this.prober = prober;
    this.sniffing = Sniffing.of(Registry.sniffers(), spec.options());
  }

  public EngineSpec spec() {
    return spec;
  }

  @Override
  public @Nullable Outbound outbound(String tag) {
    return outbounds.get(tag);
  }

  public @Nullable OutboundSpec outboundSpec(String tag) {
    return specs.get(tag);
  }

  /** All outbounds and groups in the file's order. */
  public Map<String, Outbound> outbounds() {
    return outbounds;
  }

  /** The inbounds in the file's order. */
  public Map<InboundSpec, Inbound> inbounds() {
    return inbounds;
  }

  /** An inbound's settings with those of every part it is made of, to be compared. */
  List<Object> inboundSettings(InboundSpec inbound) {
    List<Object> settings = new ArrayList<>();
    List<InboundSpec> open = new ArrayList<>(List.of(inbound));
    while (!open.isEmpty()) {
      InboundSpec at = open.removeLast();
      settings.add(at.type().name());
      settings.add(at.options());
      for (String name : at.options().references()) {
        for (InboundSpec part : spec.inboundParts()) {
          if (part.tag().equals(name)) {
            open.add(part);
          }
        }
      }
    }
    return settings;
  }

  @Override
  public Outbound defaultOutbound() {
    Outbound outbound = outbounds.get(spec.defaultOutbound());
    if (outbound == null) {
      throw new IllegalStateException("no outbound '" + spec.defaultOutbound() + "'");
    }
    return outbound;
  }

  @Override
  public @Nullable RuleSpec match(
      Network network,
      Destination destination,
      String inboundTag,
      @Nullable InetAddress resolved,
      @Nullable String learnt) {
    return router.match(network, destination, inboundTag, resolved, learnt);
  }

  @Override
  public Sniffing sniffing() {
    return sniffing;
  }

  @Override
  public boolean domainResolve() {
    return spec.domainResolve();
  }

  @Override
  public EngineOptions options() {
    return spec.options();
  }

  @Override
  public Resolver resolver() {
    return resolver;
  }

  @Override
  public SystemDialer system() {
    return system;
  }

  DnsCache dnsCache() {
    return dnsCache;
  }

  public Prober prober() {
    return prober;
  }

  /** The outbounds from this one down to the node in use, following each group's current member. */
  public static List<Outbound> inUse(Outbound from, Network network) {
    List<Outbound> way = new ArrayList<>();
    Outbound at = from;
    way.add(at);
    while (at instanceof Group group) {
      at = group.current(network);
      way.add(at);
    }
    return way;
  }

  /**
   * Whether what carries a session is the same in this engine and the next: the nodes it passed,
   * their settings and every layer below. Groups on the way do not count.
   */
  boolean keeps(Path path, Engine next) {
    for (Hop hop : path.hops()) {
      if (!hop.isGroup() && !sameBelow(hop.tag(), next, new HashSet<>())) {
        return false;
      }
    }
    return true;
  }

  /** Whether the outbound of this tag and all it is made of are equal in both engines. */
  boolean sameBelow(String tag, Engine next, Set<String> visited) {
    if (!visited.add(tag)) {
      return true;
    }
    OutboundSpec mine = specs.get(tag);
    OutboundSpec other = next.specs.get(tag);
    if (mine == null || other == null || !sameSettings(mine, other)) {
      return false;
    }
    if (!mine.type().isGroup()) {
      for (String below : mine.options().references()) {
        if (!sameBelow(below, next, visited)) {
          return false;
        }
      }
    }
    return true;
  }

  static boolean sameSettings(OutboundSpec a, OutboundSpec b) {
    return a.type().equals(b.type())
        && a.word().equals(b.word())
        && a.options().equals(b.options())
        && a.interfaces().equals(b.interfaces());
  }
}
