package com.github.shiroedev2024.leaf.engine;

import com.github.shiroedev2024.leaf.engine.dispatch.SessionDispatcher;
import com.github.shiroedev2024.leaf.engine.dns.FakeAddressPool;
import com.github.shiroedev2024.leaf.engine.listen.Devices;
import com.github.shiroedev2024.leaf.engine.listen.Listeners;
import com.github.shiroedev2024.leaf.engine.listen.Listeners.Place;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.DescriptorLimit;
import com.github.shiroedev2024.leaf.engine.os.Splicing;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.Sessions;
import com.github.shiroedev2024.leaf.engine.sniff.KnownNames;
import com.github.shiroedev2024.leaf.engine.spi.DeviceInbound;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.EngineSpec;
import com.github.shiroedev2024.leaf.engine.spi.FakeAddresses;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.RuleSpec;
import com.github.shiroedev2024.leaf.engine.spi.Selections;
import com.github.shiroedev2024.leaf.engine.telemetry.Ledger;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;

/**
 * What outlives an engine: event loops, listening sockets, sessions, totals, fake addresses; and
 * the one place where engines are swapped. All methods are for one control thread at a time, except
 * the getters.
 */
public final class EngineHost {
  /** What a swap changed; generated outbounds are left out of the lists. */
  public record Change(
      List<String> added, List<String> removed, List<String> changed, int kept, int closed) {}

  private final EventLoopGroup loops;
  private final Sessions sessions;
  private final Ledger ledger;
  private final Selections selections;
  private final ILoggerFactory logs;
  private final Listeners listeners;
  private final Splicing splicing;
  private final KnownNames knownNames = new KnownNames();
  private final Devices devices;
  private final FakeAddressPool fakeAddresses = new FakeAddressPool(Ticker.systemTicker());
  private final SessionDispatcher dispatcher;
  private volatile @Nullable Engine engine;

  public EngineHost(
      EventLoopGroup loops,
      Sessions sessions,
      Ledger ledger,
      Selections selections,
      ILoggerFactory logs) {
    this.loops = loops;
    this.sessions = sessions;
    this.ledger = ledger;
    this.selections = selections;
    this.logs = logs;
    this.listeners = new Listeners(loops, logs);
    this.devices = new Devices(logs);
    this.splicing = new Splicing(logs.getLogger("leaf.relay"));
    this.dispatcher =
        new SessionDispatcher(this::engine, sessions, ledger, splicing, knownNames, logs);
  }

  /** The engine that runs now; null before the first and after {@link #stop}. */
  public @Nullable Engine engine() {
    return engine;
  }

  public EventLoopGroup loops() {
    return loops;
  }

  public Sessions sessions() {
    return sessions;
  }

  public Ledger ledger() {
    return ledger;
  }

  public Selections selections() {
    return selections;
  }

  public ILoggerFactory logs() {
    return logs;
  }

  FakeAddresses fakeAddresses() {
    return fakeAddresses;
  }

  public Listeners listeners() {
    return listeners;
  }

  /** Whether a name's own traffic would leave by a plain {@code direct} outbound. */
  boolean goesDirect(String name) {
    Engine now = engine;
    if (now == null) {
      return true;
    }
    RuleSpec rule = now.match(Network.TCP, Destination.of(name, 0), "", null, null);
    OutboundSpec target = rule == null ? null : now.outboundSpec(rule.target());
    return target != null && target.type().name().equals("direct");
  }

  /**
   * Builds the next engine, opens its devices and binds what it listens on, without changing
   * anything that runs.
   *
   * @return completes with the prepared swap; look at {@link Prepared#failures} and {@link
   *     Prepared#deviceFailures} before committing
   */
  public CompletableFuture<Prepared> prepare(EngineSpec spec) {
    Engine next = new EngineBuilder(spec, engine, dispatcher, this).build();
    Map<Place, Inbound> places = new LinkedHashMap<>();
    List<DeviceInbound> onDevices = new ArrayList<>();
    for (Inbound object : next.inbounds().values()) {
      if (object instanceof DeviceInbound inbound) {
        onDevices.add(inbound);
      }
    }
    Devices.Staged opened = devices.stage(onDevices);
    next.inbounds()
        .forEach(
            (inbound, object) -> {
              if (object instanceof DeviceInbound device) {
                opened.addresses(device).forEach(a -> places.put(place(device, a), device));
              } else {
                places.put(place(inbound, object), object);
              }
            });
    return listeners
        .stage(List.copyOf(places.keySet()))
        .thenApply(staged -> new Prepared(next, places, staged, onDevices, opened));
  }

  /** An engine that is built and bound but not live. */
  public final class Prepared {
    private final Engine next;
    private final Map<Place, Inbound> places;
    private final Listeners.Staged staged;
    private final List<DeviceInbound> onDevices;
    private final Devices.Staged opened;

    private Prepared(
        Engine next,
        Map<Place, Inbound> places,
        Listeners.Staged staged,
        List<DeviceInbound> onDevices,
        Devices.Staged opened) {
      this.next = next;
      this.places = places;
      this.staged = staged;
      this.onDevices = onDevices;
      this.opened = opened;
    }

    /** Devices that could not be opened and why. */
    public List<String> deviceFailures() {
      return opened.failures();
    }

    public List<Listeners.Failure> failures() {
      return staged.failures();
    }

    /** Makes it live: new sessions use it from here on; what is gone or changed is closed. */
    public CompletableFuture<Change> commit() {
      Engine before = engine;
      EngineOptions options = next.spec().options();
      int pipes = DescriptorLimit.maxPipes(options.get(EngineOptions.RELAY_SPLICE_PIPES));
      splicing.maxPipes(pipes);
      listeners.maxClients(
          DescriptorLimit.maxConnections(options.get(EngineOptions.MAX_CONNECTIONS), pipes));
      fakeAddresses.limit(options.get(EngineOptions.MAX_FAKE_ADDRESSES));
      if (!next.sniffing().dns()) {
        knownNames.clear();
      }
      sessions.maxRecent(options.get(EngineOptions.MAX_RECENT_CONNECTIONS));
      engine = next;
      Set<Outbound> kept = new HashSet<>();
      if (before != null) {
        kept.addAll(before.outbounds().values());
      }
      for (Outbound outbound : next.outbounds().values()) {
        if (!kept.contains(outbound)) {
          outbound.start();
        }
      }
      CompletableFuture<Void> listening = staged.commit(places);
      opened.commit(onDevices, inbound -> listening(inbound, places.keySet()));
      Change change = before == null ? started(next) : swapped(before, next);
      if (before != null) {
        close(before, next);
      }
      return listening.thenApply(done -> change);
    }

    /** Gives it up; what runs now goes on untouched. */
    public CompletableFuture<Void> rollback() {
      close(next, engine);
      opened.rollback();
      return staged.rollback();
    }
  }

  private static Change started(Engine next) {
    return new Change(List.copyOf(tags(next).keySet()), List.of(), List.of(), 0, 0);
  }

  private Change swapped(Engine before, Engine next) {
    int keptSessions = 0;
    int closedSessions = 0;
    for (Session session : sessions.active()) {
      if (before.keeps(session.path(), next)) {
        keptSessions++;
      } else {
        session.close(CloseReason.OUTBOUND_REMOVED);
        closedSessions++;
      }
    }
    Map<String, List<Object>> was = tags(before);
    Map<String, List<Object>> is = tags(next);
    Set<String> added = new LinkedHashSet<>(is.keySet());
    added.removeAll(was.keySet());
    Set<String> removed = new LinkedHashSet<>(was.keySet());
    removed.removeAll(is.keySet());
    List<String> changed = new ArrayList<>();
    for (String tag : is.keySet()) {
      if (was.containsKey(tag)
          && (!is.get(tag).equals(was.get(tag)) || changedBelow(tag, before, next))) {
        changed.add(tag);
      }
    }
    return new Change(
        List.copyOf(added), List.copyOf(removed), changed, keptSessions, closedSessions);
  }

  private static boolean changedBelow(String tag, Engine before, Engine next) {
    return before.outboundSpec(tag) != null
        && next.outboundSpec(tag) != null
        && !before.sameBelow(tag, next, new HashSet<>());
  }

  /** What people named, with the settings that make it what it is. */
  private static Map<String, List<Object>> tags(Engine engine) {
    Map<String, List<Object>> tags = new LinkedHashMap<>();
    for (InboundSpec in : engine.spec().inbounds()) {
      tags.computeIfAbsent(in.tag(), t -> new ArrayList<>())
          .addAll(List.of(in.type().name(), in.listen(), engine.inboundSettings(in)));
    }
    for (OutboundSpec out : engine.spec().outbounds()) {
      if (!out.generated()) {
        tags.computeIfAbsent(out.tag(), t -> new ArrayList<>())
            .addAll(List.of(out.word(), out.options()));
      }
    }
    return tags;
  }

  /** Closes what the other engine does not share. */
  private void close(Engine old, @Nullable Engine other) {
    for (Outbound outbound : old.outbounds().values()) {
      if (other == null || other.outbound(outbound.tag()) != outbound) {
        try {
          outbound.close();
        } catch (RuntimeException e) {
          logs.getLogger("leaf.engine").warn("closing outbound '{}' failed", outbound.tag(), e);
        }
      }
    }
    for (Inbound inbound : old.inbounds().values()) {
      if (other == null || !other.inbounds().containsValue(inbound)) {
        inbound.close();
      }
    }
    if (other == null || other.resolver() != old.resolver()) {
      old.resolver().close();
    }
  }

  /** Where an inbound really listens; null when it does not. */
  public @Nullable InetSocketAddress listening(InboundSpec inbound) {
    Engine now = engine;
    Inbound object = now == null ? null : now.inbounds().get(inbound);
    return object == null ? null : listeners.bound(place(inbound, object));
  }

  private static Place place(InboundSpec inbound, Inbound object) {
    return new Place(inbound.listen(), inbound.tag(), object.networks());
  }

  /** Where a device's own sockets listen: any free port will do. */
  private static Place place(DeviceInbound inbound, InetAddress address) {
    return new Place(
        new InetSocketAddress(address, 0), inbound.tag(), EnumSet.of(Network.TCP), true);
  }

  private List<InetSocketAddress> listening(DeviceInbound inbound, Set<Place> places) {
    List<InetSocketAddress> bound = new ArrayList<>();
    for (Place place : places) {
      InetSocketAddress at = place.device() ? listeners.bound(place) : null;
      if (at != null && place.tag().equals(inbound.tag())) {
        bound.add(at);
      }
    }
    return bound;
  }

  /** Stops accepting; sessions go on. */
  public CompletableFuture<Void> stopAccepting() {
    return listeners.close();
  }

  /**
   * Ends every session and closes all devices and outbounds; blocks until the devices are gone.
   * Call {@link #stopAccepting} before.
   */
  public void stop() {
    for (Session session : sessions.active()) {
      session.close(CloseReason.SHUTDOWN);
    }
    listeners.closeClients();
    devices.close();
    Engine last = engine;
    engine = null;
    if (last != null) {
      close(last, null);
    }
  }
}
