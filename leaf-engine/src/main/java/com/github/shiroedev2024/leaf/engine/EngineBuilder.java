package com.github.shiroedev2024.leaf.engine;

import com.github.shiroedev2024.leaf.engine.dial.BoundOutbound;
import com.github.shiroedev2024.leaf.engine.dial.SystemDialer;
import com.github.shiroedev2024.leaf.engine.dns.DnsCache;
import com.github.shiroedev2024.leaf.engine.dns.DnsResolver;
import com.github.shiroedev2024.leaf.engine.os.Nameservers;
import com.github.shiroedev2024.leaf.engine.probe.DefaultProber;
import com.github.shiroedev2024.leaf.engine.route.Router;
import com.github.shiroedev2024.leaf.engine.spi.DeviceInbound;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Dispatcher;
import com.github.shiroedev2024.leaf.engine.spi.DnsSpec;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.EngineSpec;
import com.github.shiroedev2024.leaf.engine.spi.FakeAddresses;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Prober;
import com.github.shiroedev2024.leaf.engine.spi.Resolver;
import com.github.shiroedev2024.leaf.engine.spi.Selections;
import com.github.shiroedev2024.leaf.engine.telemetry.Ledger;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;

/**
 * Builds an engine without touching the network. Given the engine that runs now, it takes over the
 * very objects of outbounds that are equal with all below them (their pools, health and order go
 * on), as long as the options and the DNS settings they were built with are equal too.
 */
final class EngineBuilder implements OutboundContext, InboundContext {
  private static final int DNS_PORT = 53;

  private final EngineSpec spec;
  private final @Nullable Engine previous;
  private final boolean sameGround;
  private final Dispatcher dispatcher;
  private final EngineHost host;
  private final DnsCache cache;
  private final Resolver resolver;
  private final SystemDialer system;
  private final Prober prober;
  private final Map<String, OutboundSpec> specs = new LinkedHashMap<>();
  private final Map<String, Outbound> built = new LinkedHashMap<>();

  EngineBuilder(
      EngineSpec asked, @Nullable Engine previous, Dispatcher dispatcher, EngineHost host) {
    this.previous = previous;
    this.dispatcher = dispatcher;
    this.host = host;
    this.spec = beside(asked, host.logs());
    for (OutboundSpec outbound : spec.outbounds()) {
      specs.put(outbound.tag(), outbound);
    }
    this.sameGround =
        previous != null
            && previous.spec().options().equals(spec.options())
            && previous.spec().dns().equals(spec.dns())
            && previous.spec().probe().equals(spec.probe());
    if (sameGround && previous != null) {
      cache = previous.dnsCache();
      resolver = previous.resolver();
      system = previous.system();
      prober = previous.prober();
      return;
    }
    boolean sameNames =
        previous != null
            && previous.spec().dns().equals(spec.dns())
            && previous
                .options()
                .get(EngineOptions.DNS_CACHE_SIZE)
                .equals(spec.options().get(EngineOptions.DNS_CACHE_SIZE));
    cache =
        sameNames && previous != null
            ? previous.dnsCache()
            : new DnsCache(spec.options().get(EngineOptions.DNS_CACHE_SIZE), Ticker.systemTicker());
    resolver =
        new DnsResolver(
            spec.dns(),
            spec.options(),
            host::goesDirect,
            () -> dispatcher,
            cache,
            host.fakeAddresses(),
            host.logs());
    system = new SystemDialer(resolver, spec.options(), host.logs());
    prober = new DefaultProber(host.loops(), system, spec.options(), spec.probe());
  }

  /**
   * The engine as it must be beside inbounds that take the machine's own traffic: its sockets
   * marked, and the system's DNS servers asked by such sockets instead of by the system, whose
   * queries would come back in.
   */
  private static EngineSpec beside(EngineSpec spec, ILoggerFactory logs) {
    int mark = 0;
    for (InboundSpec inbound : spec.inbounds()) {
      mark = Math.max(mark, inbound.type().mark(inbound.options()));
    }
    if (mark == 0) {
      return spec;
    }
    EngineOptions options = spec.options();
    return new EngineSpec(
        spec.inbounds(),
        spec.inboundParts(),
        spec.outbounds(),
        spec.defaultOutbound(),
        spec.rules(),
        spec.domainResolve(),
        new DnsSpec(ownServers(spec.dns().servers(), logs), spec.dns().hosts()),
        spec.probe(),
        options.get(EngineOptions.OUTBOUND_MARK) == 0
            ? options.with(EngineOptions.OUTBOUND_MARK, mark)
            : options);
  }

  private static List<DnsSpec.Server> ownServers(
      List<DnsSpec.Server> servers, ILoggerFactory logs) {
    List<DnsSpec.Server> given =
        servers.isEmpty() ? List.of(new DnsSpec.Server.SystemResolver(false)) : servers;
    List<DnsSpec.Server> own = new ArrayList<>();
    for (DnsSpec.Server server : given) {
      List<InetAddress> known =
          server instanceof DnsSpec.Server.SystemResolver ? Nameservers.ofSystem() : List.of();
      for (InetAddress address : known) {
        own.add(new DnsSpec.Server.Udp(new InetSocketAddress(address, DNS_PORT), server.direct()));
      }
      if (known.isEmpty()) {
        own.add(server);
        if (server instanceof DnsSpec.Server.SystemResolver) {
          logs.getLogger("leaf.tun")
              .warn(
                  "/etc/resolv.conf names no DNS server of another machine, so names are looked up"
                      + " by the system, whose queries may come back in by the device; set"
                      + " dns-server");
        }
      }
    }
    return own;
  }

  Engine build() {
    Map<String, Outbound> outbounds = new LinkedHashMap<>();
    for (OutboundSpec outbound : spec.outbounds()) {
      outbounds.put(outbound.tag(), outbound(outbound.tag()));
    }
    Map<InboundSpec, Inbound> inbounds = new LinkedHashMap<>();
    Engine engine =
        new Engine(
            spec,
            Collections.unmodifiableMap(specs),
            Collections.unmodifiableMap(outbounds),
            Collections.unmodifiableMap(inbounds),
            new Router(spec.rules()),
            cache,
            resolver,
            system,
            prober);
    for (InboundSpec part : spec.inboundParts()) {
      knowUsers(part);
    }
    for (InboundSpec inbound : spec.inbounds()) {
      host.ledger().inbound(inbound.tag());
      knowUsers(inbound);
      Inbound kept = reusable(inbound, engine);
      inbounds.put(inbound, kept == null ? inbound.type().build(inbound, this) : kept);
    }
    return engine;
  }

  private void knowUsers(InboundSpec inbound) {
    for (String user : inbound.type().userIds(inbound.options())) {
      host.ledger().user(user);
    }
  }

  /** The inbound that runs now, when it would be built alike: what it holds (QUIC) goes on. */
  private @Nullable Inbound reusable(InboundSpec inbound, Engine next) {
    Engine before = previous;
    if (before == null || !before.options().equals(spec.options())) {
      return null;
    }
    for (InboundSpec was : before.spec().inbounds()) {
      if (was.tag().equals(inbound.tag())
          && was.listen().equals(inbound.listen())
          && before.inboundSettings(was).equals(next.inboundSettings(inbound))) {
        Inbound kept = before.inbounds().get(was);
        // One that answers for names must not go on with a resolver that is about to be closed.
        return kept instanceof DeviceInbound && before.resolver() != resolver ? null : kept;
      }
    }
    return null;
  }

  @Override
  public InboundSpec part(String tag) {
    for (InboundSpec part : spec.inboundParts()) {
      if (part.tag().equals(tag)) {
        return part;
      }
    }
    throw new IllegalStateException("no inbound '" + tag + "'; the reader lets none pass");
  }

  @Override
  public Outbound outbound(String tag) {
    Outbound done = built.get(tag);
    if (done != null) {
      return done;
    }
    OutboundSpec outbound = specs.get(tag);
    if (outbound == null) {
      throw new IllegalStateException("no outbound '" + tag + "'; the reader lets none pass");
    }
    for (String reference : outbound.options().references()) {
      outbound(reference);
    }
    Outbound kept = reusable(outbound);
    Outbound result = kept == null ? made(outbound) : kept;
    built.put(tag, result);
    host.ledger().outbound(tag);
    return result;
  }

  private Outbound made(OutboundSpec outbound) {
    Outbound made = outbound.type().build(outbound, this);
    return outbound.interfaces().isEmpty()
        ? made
        : new BoundOutbound(made, system.boundTo(outbound.interfaces()));
  }

  private @Nullable Outbound reusable(OutboundSpec outbound) {
    if (previous == null || !sameGround) {
      return null;
    }
    OutboundSpec before = previous.outboundSpec(outbound.tag());
    if (before == null || !Engine.sameSettings(before, outbound)) {
      return null;
    }
    for (String reference : outbound.options().references()) {
      if (built.get(reference) != previous.outbound(reference)) {
        return null;
      }
    }
    return previous.outbound(outbound.tag());
  }

  @Override
  public Dispatcher dispatcher() {
    return dispatcher;
  }

  @Override
  public Dialer system() {
    return system;
  }

  @Override
  public Resolver resolver() {
    return resolver;
  }

  @Override
  public FakeAddresses fakeAddresses() {
    return host.fakeAddresses();
  }

  @Override
  public EngineOptions options() {
    return spec.options();
  }

  @Override
  public Ledger ledger() {
    return host.ledger();
  }

  @Override
  public Prober prober() {
    return prober;
  }

  @Override
  public Selections selections() {
    return host.selections();
  }

  @Override
  public EventLoopGroup loops() {
    return host.loops();
  }

  @Override
  public ILoggerFactory logs() {
    return host.logs();
  }

  @Override
  public InstantSource clock() {
    return host.sessions().clock();
  }
}
