package com.github.shiroedev2024.leaf.api;

import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import com.github.shiroedev2024.leaf.runtime.control.ControlException.Kind;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Actor;
import com.github.shiroedev2024.leaf.runtime.control.Replies.ConfigProblem;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Connection;
import com.github.shiroedev2024.leaf.runtime.control.Replies.ConnectionTimings;
import com.github.shiroedev2024.leaf.runtime.control.Replies.GroupInfo;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Health;
import com.github.shiroedev2024.leaf.runtime.control.Replies.LogPage;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Member;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Reloaded;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Route;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Usage;
import com.github.shiroedev2024.leaf.runtime.control.RuntimeControl;
import com.github.shiroedev2024.leaf.runtime.logs.LogRing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A runtime made of fixed answers: a select group OUT over a failover group AUTO, two nodes and
 * direct, plus tags that are awkward to write. What a test wants otherwise, it sets.
 */
final class FakeControl implements RuntimeControl {
  static final String ODD_GROUP = "日本 / a+b%🍃";
  static final String USER = "9f6a1c80-4b1d-4f6e-9a43-0f8f2f0f6a11";

  volatile State state = State.RUNNING;
  volatile @Nullable RuntimeException reloadFails;
  volatile @Nullable RuntimeException connectivityFails;
  volatile List<ConfigProblem> problems = List.of();
  volatile Function<String, CompletableFuture<Health>> health;
  final LogRing ring = new LogRing(1 << 20, 0);
  final List<String> logged = new CopyOnWriteArrayList<>();
  final List<String> told = new CopyOnWriteArrayList<>();
  final List<Connection> active = new CopyOnWriteArrayList<>();
  final List<Connection> recent = new CopyOnWriteArrayList<>();
  final CompletableFuture<Void> shutdown = new CompletableFuture<>();

  private final Map<String, String> groups = new LinkedHashMap<>();
  private final Map<String, List<String>> members = new ConcurrentHashMap<>();
  private final Map<String, String> selected = new ConcurrentHashMap<>();
  private final Map<String, Double> pings = new ConcurrentHashMap<>();

  FakeControl() {
    groups.put("OUT", "select");
    groups.put("AUTO", "failover");
    groups.put(ODD_GROUP, "select");
    members.put("OUT", List.of("AUTO", "us-ams-1", "us-ams-2", "direct"));
    members.put("AUTO", List.of("us-ams-1", "us-ams-2"));
    members.put(ODD_GROUP, List.of("direct", "C++ node"));
    selected.put("OUT", "AUTO");
    selected.put("AUTO", "us-ams-1");
    selected.put(ODD_GROUP, "direct");
    pings.put("us-ams-1", 42.1);
    pings.put("AUTO", 42.1);
    health = tag -> CompletableFuture.completedFuture(new Health(tag, pings.get(tag), null));
    active.add(connection(7, "example.com:443", "us-ams-1"));
    recent.add(
        new Connection(
            3,
            "udp",
            "socks",
            "198.51.100.7:4000",
            "127.0.0.1:50001",
            "192.0.2.1:53",
            "direct",
            List.of(),
            31,
            127,
            true,
            true,
            1735689500,
            2.25,
            "dns.example",
            null,
            null,
            null,
            null,
            "curl",
            new ConnectionTimings(null, 0.25, null, null),
            "finished"));
    for (int i = 0; i < 5; i++) {
      ring.append("2026-11-23T08:15:30.00" + i + "Z INFO leaf.engine message " + i);
    }
  }

  static Connection connection(long id, String destination, String outbound) {
    return new Connection(
        id,
        "tcp",
        "mixed",
        null,
        "127.0.0.1:50000",
        destination,
        outbound,
        List.of("OUT", "AUTO"),
        517,
        1_048_576,
        false,
        false,
        1735689600,
        14.0,
        null,
        "example.com",
        null,
        "alice",
        "DOMAIN-SUFFIX,example.com,OUT",
        null,
        new ConnectionTimings(1.5, 20.25, 41.125, 128.7),
        null);
  }

  private String group(String tag) {
    if (!groups.containsKey(tag)) {
      throw members.values().stream().anyMatch(all -> all.contains(tag))
          ? new ControlException(Kind.NOT_FOUND, "outbound '" + tag + "' is not a group")
          : ControlException.unknownOutbound(tag);
    }
    return tag;
  }

  private String outbound(String tag) {
    if (!groups.containsKey(tag) && members.values().stream().noneMatch(m -> m.contains(tag))) {
      throw ControlException.unknownOutbound(tag);
    }
    return tag;
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public Reloaded reload() {
    RuntimeException fails = reloadFails;
    if (fails != null) {
      throw fails;
    }
    return new Reloaded(List.of("us-ams-3"), List.of(), List.of("us-ams-2"), 5, 1);
  }

  @Override
  public CompletableFuture<Void> shutdown() {
    state = State.STOPPING;
    shutdown.complete(null);
    return shutdown;
  }

  @Override
  public CompletableFuture<Double> checkConnectivity() {
    RuntimeException fails = connectivityFails;
    return fails == null
        ? CompletableFuture.completedFuture(128.7)
        : CompletableFuture.failedFuture(fails);
  }

  @Override
  public void activeConnections(Consumer<Connection> each) {
    active.forEach(each);
  }

  @Override
  public List<Connection> recentConnections() {
    return List.copyOf(recent);
  }

  @Override
  public Usage usageOfTag(String tag) {
    if (tag.equals("mixed")) {
      return new Usage(1000, 2000);
    }
    outbound(tag);
    return new Usage(517, 1_048_576);
  }

  @Override
  public Usage usageOfUser(String userId) {
    if (!userId.equals(USER)) {
      throw new ControlException(Kind.NOT_FOUND, "unknown user '" + userId + "'");
    }
    return new Usage(11, 22);
  }

  @Override
  public LogPage logs(int limit, long offset) {
    return ring.page(limit, offset);
  }

  @Override
  public LogPage logsAfter(int limit, long cursor) {
    return ring.after(limit, cursor);
  }

  @Override
  public void clearLogs() {
    ring.clear();
  }

  @Override
  public List<GroupInfo> groups() {
    List<GroupInfo> all = new ArrayList<>();
    groups.forEach((tag, type) -> all.add(new GroupInfo(tag, type)));
    return all;
  }

  @Override
  public List<Member> members(String group) {
    String chosen = selected.get(group(group));
    return members.getOrDefault(group, List.of()).stream()
        .map(name -> new Member(name, name.equals(chosen), pings.get(name)))
        .toList();
  }

  @Override
  public String selected(String group) {
    return selected.getOrDefault(group(group), "");
  }

  @Override
  public int select(String group, String member, boolean close) {
    if (!"select".equals(groups.get(group(group)))) {
      throw new ControlException(Kind.NOT_FOUND, "outbound '" + group + "' is not a select group");
    }
    if (!members.getOrDefault(group, List.of()).contains(member)) {
      throw new ControlException(
          Kind.NOT_FOUND, "select group '" + group + "' has no member '" + member + "'");
    }
    selected.put(group, member);
    return close ? 3 : 0;
  }

  private void requireType(String tag, String type) {
    if (!type.equals(groups.get(outbound(tag)))) {
      throw new ControlException(
          Kind.NOT_FOUND, "outbound '" + tag + "' is not a " + type + " group");
    }
  }

  @Override
  public List<Actor> failoverStatus(String group) {
    requireType(group, "failover");
    return members(group).stream()
        .map(member -> new Actor(member.name(), member.pingMs(), member.isSelected()))
        .toList();
  }

  @Override
  public void healthcheck(String group) {
    requireType(group, "failover");
    told.add("healthcheck " + group);
  }

  @Override
  public void healthcheckAll() {
    told.add("healthcheck all");
  }

  @Override
  public CompletableFuture<Health> health(String tag) {
    return health.apply(outbound(tag));
  }

  @Override
  public @Nullable Long lastPeerActive(String tag) {
    return outbound(tag).equals("us-ams-1") ? 1735689600L : null;
  }

  @Override
  public @Nullable Long sinceLastPeerActive(String tag) {
    return outbound(tag).equals("us-ams-1") ? 14L : null;
  }

  @Override
  public void requireSpeedtest(String tag) {
    requireType(tag, "speedtest");
  }

  @Override
  public void requireMptp(String tag) {
    requireType(tag, "mptp");
  }

  @Override
  public void closeConnection(long id) {
    if (active.stream().noneMatch(connection -> connection.id() == id)) {
      throw new ControlException(Kind.NOT_FOUND, "unknown connection " + id);
    }
    told.add("close " + id);
  }

  @Override
  public int closeConnections(String tag) {
    if (tag.equals("mixed")) {
      return 1;
    }
    outbound(tag);
    return 2;
  }

  @Override
  public List<ConfigProblem> testConfig() {
    return problems;
  }

  @Override
  public CompletableFuture<Route> route(String destination, String network) {
    if (!destination.contains(":")) {
      return CompletableFuture.failedFuture(
          new ControlException(
              Kind.BAD_REQUEST,
              "parameter 'destination' must be host:port, not '" + destination + "'"));
    }
    return CompletableFuture.completedFuture(
        new Route(
            destination,
            network,
            "DOMAIN-SUFFIX,example.com,OUT",
            "us-ams-1",
            List.of("OUT", "AUTO", "us-ams-1")));
  }

  @Override
  public void logError(String target, String message) {
    logged.add(target + " " + message);
  }
}
