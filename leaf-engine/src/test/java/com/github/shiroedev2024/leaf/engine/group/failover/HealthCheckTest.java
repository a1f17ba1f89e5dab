package com.github.shiroedev2024.leaf.engine.group.failover;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.fakes.FakeContext;
import com.github.shiroedev2024.leaf.engine.fakes.FakeOutbound;
import com.github.shiroedev2024.leaf.engine.fakes.FakeProber;
import com.github.shiroedev2024.leaf.engine.fakes.ManualLoop;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.spi.HealthChecked;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checks: when they run, what they ask, what they make of the answers. */
final class HealthCheckTest {
  private static final Destination WEB = Destination.of("web.example", 80);

  private final ManualLoop manual = new ManualLoop();
  private final FakeContext context = new FakeContext(manual);
  private final FakeProber prober = context.prober;
  private final FakeOutbound a = new FakeOutbound("a");
  private final FakeOutbound b = new FakeOutbound("b");
  private final FakeOutbound c = new FakeOutbound("c");

  @AfterEach
  void close() {
    manual.close();
  }

  private HealthChecked group(String... keyValues) {
    List<String> all = new ArrayList<>(List.of(keyValues));
    if (all.stream().noneMatch(kv -> kv.startsWith("healthCheckDelay"))) {
      all.add("healthCheckDelay=0");
    }
    return context
        .with(a, b, c)
        .build(
            HealthChecked.class,
            FailoverType.failover(),
            List.of("a", "b", "c"),
            all.toArray(String[]::new));
  }

  private Future<Channel> use(HealthChecked group, Network network) {
    var session = manual.session(network, WEB);
    Future<Channel> f =
        network == Network.TCP
            ? group.connect(session, WEB, FakeContext.NO_DIALER)
            : group.associate(session, WEB, FakeContext.NO_DIALER);
    manual.run();
    return f;
  }

  private void check(HealthChecked group) {
    Future<Void> done = group.checkNow();
    manual.run();
    assertThat(done.isSuccess()).isTrue();
  }

  private static List<String> names(HealthChecked group) {
    return group.actors().stream().map(HealthChecked.Actor::name).toList();
  }

  @Test
  void ordersByRoundTripAndPutsFailedOnesLast() {
    prober.millis("a", 30).millis("b", -1).millis("c", 10);
    HealthChecked group = group();
    assertThat(group.actors()).extracting(HealthChecked.Actor::millis).containsOnlyNulls();
    check(group);
    assertThat(names(group)).containsExactly("c", "a", "b");
    assertThat(group.actors())
        .extracting(HealthChecked.Actor::millis)
        .containsExactly(10.0, 30.0, null);
    assertThat(group.actors())
        .extracting(HealthChecked.Actor::selected)
        .containsExactly(true, false, false);
    assertThat(context.ledger.outbound("a").tcpMillis()).isEqualTo(30.0);
    assertThat(context.ledger.outbound("b").tcpMillis()).isNull();
    assertThat(context.ledger.outbound("c").udpMillis()).isEqualTo(10.0);
    assertThat(context.ledger.outbound("G").tcpMillis()).isEqualTo(10.0);
  }

  @Test
  void whenAllFailTheConfiguredOrderComesBack() {
    prober.millis("a", 30).millis("b", 20).millis("c", 10);
    HealthChecked group = group();
    check(group);
    assertThat(names(group)).containsExactly("c", "b", "a");
    prober.millis("a", -1).millis("b", -1).millis("c", -1);
    check(group);
    assertThat(names(group)).containsExactly("a", "b", "c");
    assertThat(use(group, Network.TCP).isSuccess()).isTrue();
  }

  @Test
  void preferredMembersComeFirstWhileTheyLive() {
    prober.millis("a", 10).millis("b", 400).millis("c", 300);
    HealthChecked group = group("healthCheckPrefers=b:c");
    check(group);
    // c 300-300=0, a 10, b 400-300=100
    assertThat(names(group)).containsExactly("c", "a", "b");
    assertThat(group.actors().getFirst().millis()).isEqualTo(300.0);
    prober.millis("c", -1);
    check(group);
    assertThat(names(group)).containsExactly("b", "a", "c");
    prober.millis("b", -1);
    check(group);
    assertThat(names(group)).containsExactly("a", "b", "c");
  }

  @Test
  void theFirstSessionBeginsTheChecksOfItsNetwork() {
    prober.millis("a", 10).millis("b", 20).millis("c", 30);
    HealthChecked group = group("checkInterval=60");
    group.start();
    manual.advance(Duration.ofHours(1));
    assertThat(prober.asked).isEmpty();
    use(group, Network.TCP);
    assertThat(prober.count(Network.TCP)).isEqualTo(3);
    assertThat(prober.count(Network.UDP)).isZero();
    use(group, Network.UDP);
    assertThat(prober.count(Network.UDP)).isEqualTo(3);
    manual.advance(Duration.ofSeconds(59));
    assertThat(prober.asked).hasSize(6);
    manual.advance(Duration.ofSeconds(1));
    assertThat(prober.asked).hasSize(12);
  }

  @Test
  void checksCanBeginAtTheStart() {
    HealthChecked group = group("healthCheckOnStart=true");
    assertThat(prober.asked).isEmpty();
    group.start();
    manual.run();
    assertThat(prober.count(Network.TCP)).isEqualTo(3);
    assertThat(prober.count(Network.UDP)).isEqualTo(3);
  }

  @Test
  void checksPauseWhileTheGroupIsNotUsed() {
    prober.millis("a", 10).millis("b", 20).millis("c", 30);
    HealthChecked group = group("checkInterval=60", "healthCheckActive=150");
    use(group, Network.TCP);
    for (int i = 0; i < 20; i++) {
      manual.advance(Duration.ofSeconds(60));
    }
    // at 0, 60 and 120 s; at 180 s it has been unused for longer than 150 s
    assertThat(prober.count(Network.TCP)).isEqualTo(9);
    use(group, Network.TCP);
    assertThat(prober.count(Network.TCP)).isEqualTo(12);
    manual.advance(Duration.ofSeconds(60));
    assertThat(prober.count(Network.TCP)).isEqualTo(15);
  }

  @Test
  void switchedOffTheyRunOnDemandOnly() {
    prober.millis("b", 10);
    HealthChecked group = group("healthCheck=false", "healthCheckOnStart=true");
    group.start();
    use(group, Network.TCP);
    manual.advance(Duration.ofHours(1));
    assertThat(prober.asked).isEmpty();
    check(group);
    assertThat(names(group)).containsExactly("b", "a", "c");
    manual.advance(Duration.ofHours(1));
    assertThat(prober.count(Network.TCP)).isEqualTo(3);
  }

  @Test
  void aSecondTriggerJoinsTheRunningCheck() {
    prober.held = true;
    HealthChecked group = group();
    Future<Void> first = group.checkNow();
    Future<Void> second = group.checkNow();
    manual.run();
    assertThat(prober.asked).hasSize(6);
    assertThat(first.isDone() || second.isDone()).isFalse();
    prober.release();
    manual.run();
    assertThat(first.isSuccess() && second.isSuccess()).isTrue();
  }

  @Test
  void sessionsMayWaitForTheFirstRound() {
    prober.held = true;
    prober.millis("b", 10);
    HealthChecked group = group("healthCheckWait=true");
    Future<Channel> waiting = use(group, Network.TCP);
    Future<Channel> cancelled = use(group, Network.TCP);
    cancelled.cancel(false);
    manual.run();
    assertThat(waiting.isDone()).isFalse();
    assertThat(a.calls).isEmpty();
    prober.release();
    manual.run();
    assertThat(Path.of(waiting.getNow()).outboundTag()).isEqualTo("b");
    assertThat(b.calls).hasSize(1);
    prober.held = true;
    group.checkNow();
    assertThat(use(group, Network.TCP).isSuccess()).isTrue();
  }

  @Test
  void closingLetsTheWaitingGo() {
    prober.held = true;
    HealthChecked group = group("healthCheckWait=true");
    Future<Channel> waiting = use(group, Network.TCP);
    group.close();
    manual.run();
    assertThat(waiting.isSuccess()).isTrue();
  }

  @Test
  void onlySoManyWait() {
    WaitingRoom room = new WaitingRoom();
    List<Integer> ran = new ArrayList<>();
    List<WaitingRoom.Entry> entries = new ArrayList<>();
    for (int i = 0; i <= WaitingRoom.MAX_WAITING; i++) {
      int number = i;
      entries.add(room.enter(() -> ran.add(number)));
    }
    assertThat(ran).containsExactly(WaitingRoom.MAX_WAITING);
    room.leave(entries.getFirst());
    room.release();
    assertThat(ran).hasSize(WaitingRoom.MAX_WAITING).doesNotContain(0);
    var _ = room.enter(() -> ran.add(-1));
    assertThat(ran).contains(-1);
  }

  @Test
  void soManyAttemptsMustSucceed() {
    HealthChecked group =
        group("healthCheckAttempts=3", "healthCheckSuccessPercentage=67", "lastResort=a");
    prober.series("a", 10, 20, -1); // 66 %
    prober.series("b", 90, 60, 30);
    check(group);
    assertThat(prober.count(Network.TCP)).isEqualTo(9);
    assertThat(names(group)).containsExactly("b", "a", "c");
    assertThat(group.actors().getFirst().millis()).isEqualTo(60.0);

    HealthChecked half = group("healthCheckAttempts=2");
    prober.series("c", -1, 10);
    check(half);
    assertThat(names(half)).containsExactly("c", "a", "b");
    assertThat(half.actors().getFirst().millis()).isEqualTo(10.0);
  }

  @Test
  void noSuccessAtAllIsAFailureWhateverThePercentage() {
    HealthChecked group = group("healthCheckSuccessPercentage=0");
    prober.millis("b", 10);
    check(group);
    assertThat(names(group)).containsExactly("b", "a", "c");
  }

  @Test
  void probesBeginAfterARandomDelayThatCountsForTheirTimeout() {
    prober.millis("a", 10).millis("b", 10).millis("c", 10);
    HealthChecked group =
        group("healthCheckDelay=1000", "healthCheckTimeout=6", "healthCheckAttempts=20");
    Future<Void> done = group.checkNow();
    manual.run();
    assertThat(prober.asked).hasSizeLessThan(60);
    manual.advance(Duration.ofMillis(999));
    manual.advance(Duration.ofMillis(1));
    assertThat(prober.asked).hasSize(120);
    assertThat(done.isSuccess()).isTrue();
    assertThat(prober.asked)
        .allSatisfy(
            probe ->
                assertThat(probe.target().timeout())
                    .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6)));
    assertThat(prober.asked.stream().map(p -> p.target().timeout()).distinct().count())
        .isGreaterThan(20);
  }

  @Test
  void asksTheGroupsOwnTargets() {
    HealthChecked group =
        group("healthCheckUrl=http://own.example/x", "healthCheckDns=9.9.9.9/own.example");
    check(group);
    assertThat(prober.asked)
        .allSatisfy(
            probe -> {
              assertThat(probe.target().url()).isEqualTo(URI.create("http://own.example/x"));
              assertThat(probe.target().dnsServer()).isEqualTo("9.9.9.9:53");
              assertThat(probe.target().dnsName()).isEqualTo("own.example");
              assertThat(probe.target().timeout()).isEqualTo(Duration.ofSeconds(6));
            });
  }

  @Test
  void udpIsNotCheckedWhereNobodyCarriesIt() {
    FakeOutbound stream = new FakeOutbound("s", EnumSet.of(Network.TCP));
    HealthChecked group =
        context
            .with(stream)
            .build(
                HealthChecked.class, FailoverType.failover(), List.of("s"), "healthCheckDelay=0");
    check(group);
    assertThat(prober.count(Network.TCP)).isEqualTo(1);
    assertThat(prober.count(Network.UDP)).isZero();
  }
}
