package com.github.shiroedev2024.leaf.runtime;

import com.github.shiroedev2024.leaf.engine.Engine;
import com.github.shiroedev2024.leaf.engine.EngineHost;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Group;
import com.github.shiroedev2024.leaf.engine.spi.HealthChecked;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Resolver;
import com.github.shiroedev2024.leaf.engine.spi.RuleSpec;
import com.github.shiroedev2024.leaf.engine.spi.Selectable;
import com.github.shiroedev2024.leaf.engine.telemetry.TagTotals;
import com.github.shiroedev2024.leaf.runtime.config.Addresses;
import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import com.github.shiroedev2024.leaf.runtime.control.ControlException.Kind;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Actor;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Connection;
import com.github.shiroedev2024.leaf.runtime.control.Replies.GroupInfo;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Health;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Member;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Route;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Usage;
import com.github.shiroedev2024.leaf.runtime.health.HealthService;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers questions about the engine that is live, and the small changes that need no reload. */
final class EngineControl {
  /** Characters of a host name; what SOCKS can carry. */
  private static final int LONGEST_NAME = 255;

  private final EngineHost host;
  private final HealthService health;
  private final InstantSource clock;

  EngineControl(EngineHost host, HealthService health, InstantSource clock) {
    this.host = host;
    this.health = health;
    this.clock = clock;
  }

  private Engine engine() {
    Engine engine = host.engine();
    if (engine == null) {
      throw new ControlException(Kind.UNAVAILABLE, "the runtime is not running");
    }
    return engine;
  }

  private Outbound outbound(String tag) {
    Outbound outbound = engine().outbound(tag);
    if (outbound == null) {
      throw ControlException.unknownOutbound(tag);
    }
    return outbound;
  }

  private String kind(String tag) {
    OutboundSpec spec = engine().outboundSpec(tag);
    return spec == null ? "outbound" : spec.word() + " outbound";
  }

  private <T extends Group> T group(String tag, Class<T> kind, String wanted) {
    Outbound outbound = outbound(tag);
    if (!kind.isInstance(outbound)) {
      throw new ControlException(
          Kind.NOT_FOUND, "'" + tag + "' is not a " + wanted + ", it is a " + kind(tag));
    }
    return kind.cast(outbound);
  }

  CompletableFuture<Double> checkConnectivity() {
    Engine engine = engine();
    Outbound node = Engine.inUse(engine.defaultOutbound(), Network.TCP).getLast();
    return health.tcp(node, engine.prober());
  }

  void activeConnections(Consumer<Connection> each) {
    for (Session session : host.sessions().activeByAge()) {
      each.accept(ConnectionView.of(session));
    }
  }

  List<Connection> recentConnections() {
    return host.sessions().recent().stream().map(ConnectionView::of).toList();
  }

  Usage usageOfTag(String tag) {
    Engine engine = engine();
    if (engine.outbound(tag) != null) {
      return usage(host.ledger().outbound(tag));
    }
    if (hasInbound(engine, tag)) {
      return usage(host.ledger().inbound(tag));
    }
    throw ControlException.unknownOutbound(tag);
  }

  private static boolean hasInbound(Engine engine, String tag) {
    return engine.spec().inbounds().stream().anyMatch(in -> in.tag().equals(tag));
  }

  Usage usageOfUser(String userId) {
    TagTotals totals = host.ledger().knownUser(userId);
    if (totals == null) {
      throw new ControlException(Kind.NOT_FOUND, "unknown user '" + userId + "'");
    }
    return usage(totals);
  }

  private static Usage usage(TagTotals totals) {
    return new Usage(totals.sent(), totals.received());
  }

  List<GroupInfo> groups() {
    return engine().spec().outbounds().stream()
        .filter(spec -> spec.type().isGroup() && !spec.generated())
        .map(spec -> new GroupInfo(spec.tag(), spec.word()))
        .toList();
  }

  List<Member> members(String tag) {
    Group group = group(tag, Group.class, "group");
    Outbound current = group.current(Network.TCP);
    return group.members().stream()
        .map(member -> new Member(member.tag(), member == current, ping(member.tag())))
        .toList();
  }

  private @Nullable Double ping(String tag) {
    TagTotals totals = host.ledger().outbound(tag);
    Double tcp = totals.tcpMillis();
    return tcp == null ? totals.udpMillis() : tcp;
  }

  String selected(String tag) {
    return group(tag, Group.class, "group").current(Network.TCP).tag();
  }

  int select(String tag, String member, boolean close) {
    Selectable group = group(tag, Selectable.class, "select group");
    if (!group.select(member)) {
      throw new ControlException(
          Kind.NOT_FOUND, "select group '" + tag + "' has no member '" + member + "'");
    }
    return close ? closeSessions(session -> session.path().groups().contains(tag)) : 0;
  }

  List<Actor> failoverStatus(String tag) {
    return group(tag, HealthChecked.class, "failover group").actors().stream()
        .map(actor -> new Actor(actor.name(), actor.millis(), actor.selected()))
        .toList();
  }

  void healthcheck(String tag) {
    group(tag, HealthChecked.class, "failover group").checkNow();
  }

  void healthcheckAll() {
    for (Outbound outbound : engine().outbounds().values()) {
      if (outbound instanceof HealthChecked group) {
        group.checkNow();
      }
    }
  }

  CompletableFuture<Health> health(String tag) {
    return health.health(outbound(tag), engine().prober());
  }

  @Nullable Long lastPeerActive(String tag) {
    long millis = host.ledger().outbound(outbound(tag).tag()).lastPeerActiveMillis();
    return millis == 0 ? null : Long.valueOf(millis / 1000);
  }

  @Nullable Long sinceLastPeerActive(String tag) {
    long millis = host.ledger().outbound(outbound(tag).tag()).lastPeerActiveMillis();
    return millis == 0 ? null : Long.valueOf(Math.max(0, clock.millis() - millis) / 1000);
  }

  void requireKind(String tag, String kind) {
    outbound(tag);
    OutboundSpec spec = engine().outboundSpec(tag);
    if (spec == null || !spec.word().equals(kind)) {
      throw new ControlException(
          Kind.NOT_FOUND, "'" + tag + "' is not a " + kind + " group, it is a " + kind(tag));
    }
  }

  void closeConnection(long id) {
    Session session = host.sessions().find(id);
    if (session == null) {
      throw new ControlException(Kind.NOT_FOUND, "no active connection with id " + id);
    }
    session.close(CloseReason.CLOSED_BY_API);
  }

  int closeConnections(String tag) {
    Engine engine = engine();
    if (engine.outbound(tag) != null) {
      return closeSessions(
          session -> session.path().hops().stream().anyMatch(hop -> hop.tag().equals(tag)));
    }
    if (hasInbound(engine, tag)) {
      return closeSessions(session -> session.inboundTag().equals(tag));
    }
    throw ControlException.unknownOutbound(tag);
  }

  private int closeSessions(Predicate<Session> which) {
    int closed = 0;
    for (Session session : host.sessions().active()) {
      if (which.test(session)) {
        session.close(CloseReason.CLOSED_BY_API);
        closed++;
      }
    }
    return closed;
  }

  CompletableFuture<Route> route(String text, String networkWord) {
    Network network = network(networkWord);
    Destination destination = destination(text);
    Engine engine = engine();
    RuleSpec rule = engine.match(network, destination, "", null, null);
    if (rule != null || !engine.domainResolve() || !destination.isDomain()) {
      return CompletableFuture.completedFuture(route(engine, destination, network, rule));
    }
    CompletableFuture<@Nullable InetAddress> address = new CompletableFuture<>();
    engine
        .resolver()
        .resolve(destination.host(), Resolver.Lookup.ROUTED, host.loops().next())
        .addListener(
            (Future<List<InetAddress>> resolved) ->
                address.complete(resolved.isSuccess() ? resolved.getNow().getFirst() : null));
    return address.thenApply(
        found ->
            route(
                engine,
                destination,
                network,
                found == null ? null : engine.match(network, destination, "", found, null)));
  }

  private static Route route(
      Engine engine, Destination destination, Network network, @Nullable RuleSpec rule) {
    Outbound target = rule == null ? null : engine.outbound(rule.target());
    List<String> way = new ArrayList<>();
    for (Outbound outbound :
        Engine.inUse(target == null ? engine.defaultOutbound() : target, network)) {
      way.add(outbound.tag());
    }
    return new Route(
        destination.toString(),
        network.word(),
        rule == null ? null : rule.text(),
        way.getLast(),
        way);
  }

  private static Network network(String word) {
    return switch (word) {
      case "tcp" -> Network.TCP;
      case "udp" -> Network.UDP;
      default ->
          throw new ControlException(
              Kind.BAD_REQUEST, "parameter 'network' must be tcp or udp, not '" + word + "'");
    };
  }

  /** {@code host:port}; an IPv6 address stands in brackets. */
  private static Destination destination(String text) {
    int colon = text.lastIndexOf(':');
    String digits = text.substring(colon + 1);
    int port = digits.startsWith("0") ? -1 : Addresses.port(digits);
    String host = colon < 0 ? "" : text.substring(0, colon);
    Destination destination = port < 1 ? null : destination(host, port);
    if (destination == null) {
      throw new ControlException(
          Kind.BAD_REQUEST, "parameter 'destination' must be host:port, not '" + text + "'");
    }
    return destination;
  }

  private static @Nullable Destination destination(String host, int port) {
    if (host.startsWith("[") && host.endsWith("]")) {
      String inner = host.substring(1, host.length() - 1);
      boolean plain = inner.chars().allMatch(c -> c == ':' || HexFormat.isHexDigit(c));
      return plain && NetUtil.isValidIpV6Address(inner) ? Destination.of(inner, port) : null;
    }
    boolean name =
        host.codePointCount(0, host.length()) <= LONGEST_NAME
            && host.chars().noneMatch(c -> c <= ' ' || c == 0x7f || "[]:/@".indexOf(c) >= 0);
    return name && !host.isEmpty() ? Destination.of(host, port) : null;
  }
}
