package com.github.shiroedev2024.leaf.engine.group.failover;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.HealthChecked;
import com.github.shiroedev2024.leaf.engine.spi.Members;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.telemetry.Ledger;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Sends sessions through the member with the shortest round trip, and through the next one when it
 * fails. TCP and UDP are checked, ordered and used apart. All bookkeeping is on one event loop, the
 * group's; sessions on other loops read snapshots.
 */
final class FailoverGroup implements HealthChecked {
  private final String tag;
  private final FailoverOptions options;
  private final List<Outbound> members;
  private final @Nullable Outbound lastResort;
  private final EventLoop loop;
  private final Ledger ledger;
  private final Logger log;
  private final @Nullable FallbackCache cache;
  private final Side tcp;
  private final Side udp;
  private final Alarm alarm;

  FailoverGroup(
      String tag, FailoverOptions options, OutboundContext context, RandomGenerator random) {
    this.tag = tag;
    this.options = options;
    this.members = Members.of(options.actors(), context);
    String resort = options.lastResort();
    this.lastResort = resort == null ? null : context.outbound(resort);
    this.loop = context.loops().next();
    this.ledger = context.ledger();
    this.log = context.logs().getLogger("leaf.failover");
    FailoverOptions.Cache cached = options.cache();
    this.cache =
        cached == null ? null : new FallbackCache(cached.size(), cached.timeout(), loop.ticker());
    this.tcp = new Side(Network.TCP, context, random);
    this.udp = new Side(Network.UDP, context, random);
    this.alarm = new Alarm(loop, options.checks().interval(), this::checkNow);
  }

  /** What the group keeps for one network. */
  private final class Side {
    private final Network network;
    private final Lineup lineup;
    private final HealthTask task;
    private final WaitingRoom waitingRoom = new WaitingRoom();

    Side(Network network, OutboundContext context, RandomGenerator random) {
      FailoverOptions.Checks checks = options.checks();
      Set<String> prefers = new HashSet<>(checks.prefers());
      this.network = network;
      this.lineup = new Lineup(members, network, options.failover(), checks.enabled());
      this.task =
          new HealthTask(
              loop,
              checks,
              (each, done) ->
                  new Round(loop, network, context.prober(), checks, random, members, each, done),
              this::measured,
              places -> ranked(Ranking.of(places, prefers)),
              waitingRoom::release);
    }

    private void measured(Outbound member, @Nullable Double millis) {
      note(member.tag(), millis);
    }

    private void note(String member, @Nullable Double millis) {
      if (network == Network.TCP) {
        ledger.outbound(member).tcpMillis(millis);
      } else {
        ledger.outbound(member).udpMillis(millis);
      }
    }

    private void ranked(Ranking ranking) {
      Outbound before = lineup.head();
      lineup.publish(ranking);
      Outbound head = lineup.head();
      if (head == null) {
        return;
      }
      Double millis = ranking.millis(head);
      note(tag, millis);
      if (millis == null) {
        log.warn("group '{}': no member answers the {} check", tag, network.word());
      } else if (!head.equals(before)) {
        alarm.confirmed();
        log.info(
            "group '{}': {} goes through '{}' now ({} ms)",
            tag,
            network.word(),
            head.tag(),
            Math.round(millis));
      }
    }

    private boolean isCarried() {
      return lineup.head() != null;
    }
  }

  @Override
  public void start() {
    FailoverOptions.Checks checks = options.checks();
    if (checks.enabled() && checks.onStart()) {
      loop.execute(
          () -> {
            tcp.task.wake();
            if (udp.isCarried()) {
              udp.task.wake();
            }
          });
    }
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public List<Outbound> members() {
    return members;
  }

  @Override
  public Outbound current(Network network) {
    Lineup lineup = side(network).lineup;
    Outbound inUse = lineup.inUse();
    Outbound head = lineup.head();
    return inUse != null ? inUse : head != null ? head : members.getFirst();
  }

  private Side side(Network network) {
    return network == Network.TCP ? tcp : udp;
  }

  @Override
  public List<Actor> actors() {
    Ranking ranking = tcp.lineup.ranking();
    List<Outbound> order = new ArrayList<>();
    for (Ranking.Place place : ranking.places()) {
      order.add(place.member());
    }
    Outbound current = current(Network.TCP);
    Outbound selected = members.contains(current) ? current : order.getFirst();
    if (options.checks().enabled() && order.remove(selected)) {
      order.addFirst(selected);
    }
    List<Actor> actors = new ArrayList<>(order.size());
    for (Outbound member : order) {
      actors.add(new Actor(member.tag(), ranking.millis(member), member.equals(selected)));
    }
    return actors;
  }

  @Override
  public Future<Void> checkNow() {
    Promise<Void> all = loop.newPromise();
    loop.execute(
        () -> {
          PromiseCombiner combiner = new PromiseCombiner(loop);
          combiner.add((Future<?>) tcp.task.check());
          if (udp.isCarried()) {
            combiner.add((Future<?>) udp.task.check());
          }
          combiner.finish(all);
        });
    return all;
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    return open(session, tcp, destination, m -> m.connect(session, destination, below));
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return open(session, udp, first, m -> m.associate(session, first, below));
  }

  private Future<Channel> open(
      Session session,
      Side side,
      Destination destination,
      Function<Outbound, Future<Channel>> dial) {
    side.task.used();
    Promise<Channel> ready = session.loop().newPromise();
    FailoverOptions.Checks checks = options.checks();
    if (checks.enabled() && checks.waits() && !side.task.firstRoundOver()) {
      WaitingRoom.Entry entry =
          side.waitingRoom.enter(
              () -> session.loop().execute(() -> tryAll(session, side, destination, dial, ready)));
      ready.addListener(done -> side.waitingRoom.leave(entry));
    } else {
      tryAll(session, side, destination, dial, ready);
    }
    return ready;
  }

  private void tryAll(
      Session session,
      Side side,
      Destination destination,
      Function<Outbound, Future<Channel>> dial,
      Promise<Channel> ready) {
    List<Outbound> candidates = side.lineup.candidates();
    Outbound resort = lastResort;
    if (resort != null && (!resort.carries(side.network) || candidates.contains(resort))) {
      resort = null;
    }
    if (candidates.isEmpty() && resort == null) {
      ready.tryFailure(
          new SessionException(
              CloseReason.NOT_SUPPORTED,
              "group '" + tag + "': no member carries " + side.network.word()));
      return;
    }
    Before before =
        new Before(side.lineup.head(), candidates.isEmpty() ? null : candidates.getFirst());
    FallbackCache remembered = side.network == Network.TCP ? cache : null;
    if (remembered != null) {
      Outbound known = remembered.get(destination);
      if (known != null && candidates.remove(known)) {
        candidates.addFirst(known);
      }
    }
    Tries tries =
        new Tries(
            session,
            this,
            candidates,
            resort,
            options.failTimeout(),
            dial,
            ready,
            (member, failed) -> {
              if (remembered != null && member != null) {
                remember(remembered, destination, before.first, member, !failed.isEmpty());
              }
              learn(side, before.head, member, failed);
            });
    tries.start();
  }

  /**
   * How things stood when a session came.
   *
   * @param head whom the check put first
   * @param first whom sessions tried first
   */
  private record Before(@Nullable Outbound head, @Nullable Outbound first) {}

  private void remember(
      FallbackCache remembered,
      Destination destination,
      @Nullable Outbound first,
      Outbound member,
      boolean othersFailed) {
    if (!member.equals(first) && !member.equals(lastResort)) {
      remembered.put(destination, member);
    } else if (othersFailed) {
      remembered.remove(destination);
    }
  }

  /** A session has found its member, or none. On the session's loop. */
  private void learn(
      Side side, @Nullable Outbound head, @Nullable Outbound member, List<Tries.Failure> failed) {
    Lineup lineup = side.lineup;
    boolean headFailed =
        head != null
            && failed.stream()
                .anyMatch(f -> f.member().equals(head) && f.reason() != CloseReason.NOT_SUPPORTED);
    if (!Objects.equals(lineup.head(), head)) {
      return; // a check has ended meanwhile and knows better
    }
    if (Objects.equals(member, head)) {
      lineup.inUse(null);
    } else if (head != null && member != null && headFailed && lineup.inUse(member)) {
      log.info(
          "group '{}': '{}' failed, {} goes through '{}'",
          tag,
          head.tag(),
          side.network.word(),
          member.tag());
    }
    if (options.checks().enabled() && contradicts(side, member, headFailed)) {
      loop.execute(alarm::raise);
    }
  }

  /** Whether what happened is not what the last check says. */
  private boolean contradicts(Side side, @Nullable Outbound member, boolean headFailed) {
    if (headFailed) {
      return member != null || !options.failover();
    }
    Ranking ranking = side.lineup.ranking();
    return side.network == Network.TCP
        && member != null
        && !member.equals(lastResort)
        && ranking.checked()
        && ranking.millis(member) == null;
  }

  @Override
  public boolean carries(Network network) {
    return all().stream().anyMatch(m -> m.carries(network));
  }

  @Override
  public boolean carriesOver(Network network, Set<Network> below) {
    return all().stream().anyMatch(m -> m.carriesOver(network, below));
  }

  private List<Outbound> all() {
    if (lastResort == null) {
      return members;
    }
    List<Outbound> all = new ArrayList<>(members);
    all.add(lastResort);
    return all;
  }

  @Override
  public void close() {
    loop.execute(
        () -> {
          alarm.close();
          tcp.task.close();
          udp.task.close();
        });
  }
}
