package com.github.shiroedev2024.leaf.engine.group.failover;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.fakes.FakeContext;
import com.github.shiroedev2024.leaf.engine.fakes.FakeOutbound;
import com.github.shiroedev2024.leaf.engine.fakes.FakeOutbound.Mood;
import com.github.shiroedev2024.leaf.engine.fakes.ManualLoop;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.HealthChecked;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests: who is tried, in which order, and what the group makes of it. */
final class FailoverGroupTest {
  private static final Destination WEB = Destination.of("web.example", 80);
  private static final String NO_DELAY = "healthCheckDelay=0";

  private final ManualLoop manual = new ManualLoop();
  private final FakeContext context = new FakeContext(manual);
  private final FakeOutbound a = new FakeOutbound("a");
  private final FakeOutbound b = new FakeOutbound("b");
  private final FakeOutbound c = new FakeOutbound("c");

  @AfterEach
  void close() {
    manual.close();
  }

  private HealthChecked group(String... keyValues) {
    List<String> all = new ArrayList<>(List.of(keyValues));
    all.add(NO_DELAY);
    return context
        .with(a, b, c)
        .build(
            HealthChecked.class,
            FailoverType.failover(),
            List.of("a", "b", "c"),
            all.toArray(String[]::new));
  }

  private HealthChecked alive(String... keyValues) {
    context.prober.millis("a", 10).millis("b", 20).millis("c", 30);
    return group(keyValues);
  }

  private Future<Channel> open(Outbound group, Network network, Destination destination) {
    var session = manual.session(network, destination);
    Future<Channel> f =
        network == Network.TCP
            ? group.connect(session, destination, FakeContext.NO_DIALER)
            : group.associate(session, destination, FakeContext.NO_DIALER);
    manual.run();
    return f;
  }

  private Future<Channel> connect(Outbound group) {
    return open(group, Network.TCP, WEB);
  }

  private static String by(Future<Channel> f) {
    assertThat(f.isSuccess()).as("%s", f).isTrue();
    return Path.of(f.getNow()).outboundTag();
  }

  private static List<String> names(HealthChecked group) {
    return group.actors().stream().map(HealthChecked.Actor::name).toList();
  }

  private static String selected(HealthChecked group) {
    List<String> selected =
        group.actors().stream()
            .filter(HealthChecked.Actor::selected)
            .map(HealthChecked.Actor::name)
            .toList();
    assertThat(selected).hasSize(1);
    return selected.getFirst();
  }

  @Test
  void triesTheMembersInOrderAndTakesTheFirstThatIsUp() {
    a.mood = Mood.REFUSES;
    b.mood = Mood.THROWS;
    HealthChecked group = group("healthCheck=false");
    Future<Channel> f = connect(group);
    assertThat(by(f)).isEqualTo("c");
    assertThat(Path.of(f.getNow()).groups()).containsExactly("G");
  }

  @Test
  void givesEachMemberTheFailTimeout() {
    a.mood = Mood.SILENT;
    HealthChecked group = group("healthCheck=false", "failTimeout=2");
    Future<Channel> f = connect(group);
    manual.advance(Duration.ofMillis(1999));
    assertThat(b.calls).isEmpty();
    assertThat(a.calls.getFirst().promise().isCancelled()).isFalse();
    manual.advance(Duration.ofMillis(1));
    assertThat(a.calls.getFirst().promise().isCancelled()).isTrue();
    assertThat(by(f)).isEqualTo("b");
    manual.advance(Duration.ofSeconds(60));
    assertThat(c.calls).isEmpty();
  }

  @Test
  void aMemberThatComesUpTooLateIsClosed() {
    a.mood = Mood.SILENT;
    HealthChecked group = group("healthCheck=false");
    Future<Channel> f = connect(group);
    assertThat(a.calls.getFirst().promise().setUncancellable()).isTrue();
    manual.advance(Duration.ofSeconds(4));
    assertThat(by(f)).isEqualTo("b");
    a.succeed(0);
    manual.run();
    assertThat(List.of(a.open(), b.open())).containsExactly(0, 1);
  }

  @Test
  void allFailedTellsEachReason() {
    a.mood = Mood.REFUSES;
    b.mood = Mood.SILENT;
    c.mood = Mood.REFUSES;
    Future<Channel> f = connect(group("healthCheck=false"));
    manual.advance(Duration.ofSeconds(4));
    assertThat(f.cause())
        .isInstanceOfSatisfying(
            SessionException.class,
            e -> assertThat(e.reason()).isEqualTo(CloseReason.ALL_MEMBERS_FAILED))
        .hasMessage(
            "group 'G': all members failed: a: connection refused; b: not ready within 4 s; "
                + "c: connection refused");
  }

  @Test
  void cancellingEndsTheTries() {
    a.mood = Mood.SILENT;
    Future<Channel> f = connect(group("healthCheck=false"));
    f.cancel(false);
    manual.advance(Duration.ofSeconds(60));
    assertThat(a.calls.getFirst().promise().isCancelled()).isTrue();
    assertThat(b.calls).isEmpty();
  }

  @Test
  void theLastResortComesAfterAllMembersAndHasAllTheTime() {
    a.mood = Mood.REFUSES;
    b.mood = Mood.REFUSES;
    c.mood = Mood.REFUSES;
    FakeOutbound d = new FakeOutbound("d");
    d.mood = Mood.SILENT;
    context.with(d);
    HealthChecked group = group("healthCheck=false", "lastResort=d");
    Future<Channel> f = connect(group);
    manual.advance(Duration.ofSeconds(7));
    assertThat(f.isDone()).isFalse();
    d.succeed(0);
    manual.run();
    assertThat(by(f)).isEqualTo("d");
    assertThat(group.current(Network.TCP)).isSameAs(d);
    assertThat(group.members()).containsExactly(a, b, c);
    assertThat(names(group)).containsExactly("a", "b", "c");
    a.mood = Mood.UP;
    assertThat(by(connect(group))).isEqualTo("a");
    assertThat(group.current(Network.TCP)).isSameAs(a);
  }

  @Test
  void urlTestTriesItsBestMemberOnly() {
    context.prober.millis("a", 30).millis("b", 10);
    HealthChecked group =
        context
            .with(a, b)
            .build(HealthChecked.class, FailoverType.urlTest(), List.of("a", "b"), NO_DELAY);
    assertThat(by(connect(group))).isEqualTo("a");
    assertThat(by(connect(group))).isEqualTo("b");
    b.mood = Mood.REFUSES;
    Future<Channel> f = connect(group);
    assertThat(f.cause()).hasMessage("group 'G': all members failed: b: connection refused");
    assertThat(names(group)).containsExactly("b", "a");
  }

  @Test
  void urlTestChoosesAgainSoonAfterItsBestFailed() {
    context.prober.millis("a", 30).millis("b", 10);
    HealthChecked group =
        context
            .with(a, b)
            .build(HealthChecked.class, FailoverType.urlTest(), List.of("a", "b"), NO_DELAY);
    assertThat(by(connect(group))).isEqualTo("a");
    b.mood = Mood.REFUSES;
    context.prober.millis("b", -1);
    assertThat(connect(group).isSuccess()).isFalse();
    assertThat(by(connect(group))).isEqualTo("a");
  }

  @Test
  void tcpAndUdpAreOrderedApart() {
    context.prober.millis("a", Network.TCP, 10).millis("b", Network.TCP, 20);
    context.prober.millis("a", Network.UDP, 20).millis("b", Network.UDP, 10);
    HealthChecked group = group();
    assertThat(group.checkNow().isDone()).isFalse();
    manual.run();
    assertThat(by(open(group, Network.TCP, WEB))).isEqualTo("a");
    assertThat(by(open(group, Network.UDP, WEB))).isEqualTo("b");
    assertThat(group.current(Network.TCP)).isSameAs(a);
    assertThat(group.current(Network.UDP)).isSameAs(b);
  }

  @Test
  void membersWithoutUdpAreNotTriedForIt() {
    FakeOutbound stream = new FakeOutbound("s", EnumSet.of(Network.TCP));
    HealthChecked group =
        context
            .with(stream, a)
            .build(
                HealthChecked.class,
                FailoverType.failover(),
                List.of("s", "a"),
                "healthCheck=false");
    assertThat(by(open(group, Network.UDP, WEB))).isEqualTo("a");
    assertThat(stream.calls).isEmpty();

    HealthChecked none =
        context.build(
            HealthChecked.class, FailoverType.failover(), List.of("s"), "healthCheck=false");
    assertThat(open(none, Network.UDP, WEB).cause()).hasMessage("group 'G': no member carries udp");
  }

  @Test
  void groupsMayBeMembers() {
    a.mood = Mood.REFUSES;
    var inner =
        context
            .with(a, b)
            .build(
                "inner",
                HealthChecked.class,
                FailoverType.failover(),
                List.of("a", "b"),
                "healthCheck=false");
    HealthChecked outer =
        context
            .with(inner)
            .build(
                HealthChecked.class,
                FailoverType.failover(),
                List.of("inner"),
                "healthCheck=false");
    Future<Channel> f = connect(outer);
    assertThat(by(f)).isEqualTo("b");
    assertThat(Path.of(f.getNow()).groups()).containsExactly("G", "inner");
  }

  @Test
  void theMemberThatSteppedInIsInUseUntilTheNextCheck() {
    HealthChecked group = alive();
    assertThat(by(connect(group))).isEqualTo("a");
    assertThat(selected(group)).isEqualTo("a");

    a.mood = Mood.REFUSES;
    context.prober.held = true;
    assertThat(by(connect(group))).isEqualTo("b");
    assertThat(group.current(Network.TCP)).isSameAs(b);
    assertThat(selected(group)).isEqualTo("b");
    assertThat(names(group)).containsExactly("b", "a", "c");
    int asked = a.calls.size();
    assertThat(by(connect(group))).isEqualTo("b");
    assertThat(a.calls).hasSize(asked);

    context.prober.millis("a", -1);
    context.prober.release();
    manual.run();
    assertThat(names(group)).containsExactly("b", "c", "a");
    assertThat(group.actors().getLast().millis()).isNull();
    assertThat(selected(group)).isEqualTo("b");

    a.mood = Mood.UP;
    context.prober.millis("a", 10);
    group.checkNow();
    manual.run();
    assertThat(selected(group)).isEqualTo("a");
    assertThat(by(connect(group))).isEqualTo("a");
  }

  @Test
  void withoutChecksTheConfiguredOrderStays() {
    HealthChecked group = group("healthCheck=false");
    a.mood = Mood.REFUSES;
    assertThat(by(connect(group))).isEqualTo("b");
    assertThat(selected(group)).isEqualTo("b");
    assertThat(names(group)).containsExactly("a", "b", "c");
    a.mood = Mood.UP;
    assertThat(by(connect(group))).isEqualTo("a");
    assertThat(selected(group)).isEqualTo("a");
    assertThat(context.prober.asked).isEmpty();
  }

  @Test
  void aFailedSessionCausesAtMostOneCheckInFiveSeconds() {
    HealthChecked group = alive("checkInterval=3600");
    assertThat(by(connect(group))).isEqualTo("a");
    assertThat(context.prober.count(Network.TCP)).isEqualTo(3);

    a.mood = Mood.REFUSES; // for this destination: its probes succeed
    assertThat(by(connect(group))).isEqualTo("b");
    assertThat(context.prober.count(Network.TCP)).isEqualTo(6);
    assertThat(context.prober.count(Network.UDP)).isEqualTo(3);
    assertThat(selected(group)).isEqualTo("a");

    // A false alarm doubles the pause.
    assertThat(by(connect(group))).isEqualTo("b");
    manual.advance(Duration.ofMillis(9_999));
    assertThat(context.prober.count(Network.TCP)).isEqualTo(6);
    manual.advance(Duration.ofMillis(1));
    assertThat(context.prober.count(Network.TCP)).isEqualTo(9);

    // A true one ends that.
    context.prober.millis("a", -1);
    assertThat(by(connect(group))).isEqualTo("b");
    manual.advance(Duration.ofSeconds(20));
    assertThat(context.prober.count(Network.TCP)).isEqualTo(12);
    assertThat(selected(group)).isEqualTo("b");
    b.mood = Mood.REFUSES;
    assertThat(by(connect(group))).isEqualTo("c");
    manual.advance(Duration.ofSeconds(5));
    assertThat(context.prober.count(Network.TCP)).isEqualTo(15);
  }

  @Test
  void aSessionThroughAMemberCalledDeadCausesACheck() {
    HealthChecked group = group();
    assertThat(by(connect(group))).isEqualTo("a");
    assertThat(context.prober.count(Network.TCP)).isEqualTo(3);
    alive();
    assertThat(by(connect(group))).isEqualTo("a");
    manual.run();
    assertThat(group.actors()).extracting(HealthChecked.Actor::millis).doesNotContainNull();
  }

  @Test
  void remembersWhoReachedADestination() {
    HealthChecked group = alive("fallbackCache=true");
    assertThat(by(connect(group))).isEqualTo("a");
    a.mood = Mood.REFUSES;
    assertThat(by(connect(group))).isEqualTo("b");
    a.mood = Mood.UP;
    assertThat(selected(group)).isEqualTo("a");
    assertThat(by(connect(group))).isEqualTo("b");
    assertThat(by(open(group, Network.TCP, Destination.of("web.example", 81)))).isEqualTo("a");
    assertThat(by(open(group, Network.UDP, WEB))).isEqualTo("a");
  }

  @Test
  void goesOnWhenTheRememberedMemberFails() {
    HealthChecked group = alive("fallbackCache=true");
    assertThat(by(connect(group))).isEqualTo("a");
    a.mood = Mood.REFUSES;
    assertThat(by(connect(group))).isEqualTo("b");
    a.mood = Mood.UP;
    b.mood = Mood.REFUSES;
    assertThat(by(connect(group))).isEqualTo("a");
    b.mood = Mood.UP;
    int asked = b.calls.size();
    assertThat(by(connect(group))).isEqualTo("a");
    assertThat(b.calls).hasSize(asked);
  }

  @Test
  void closingEndsTimersAndProbesAndTwiceIsNoHarm() {
    HealthChecked group = alive("checkInterval=10");
    assertThat(by(connect(group))).isEqualTo("a");
    context.prober.held = true;
    Future<Void> check = group.checkNow();
    manual.run();
    group.close();
    group.close();
    manual.run();
    assertThat(check.isDone() && !check.isSuccess()).isTrue();
    assertThat(context.prober.asked.getLast().promise().isCancelled()).isTrue();
    int asked = context.prober.asked.size();
    manual.advance(Duration.ofSeconds(60));
    assertThat(context.prober.asked).hasSize(asked);
    Future<Void> after = group.checkNow();
    manual.run();
    assertThat(after.cause()).hasMessage("the group has been closed");
    assertThat(by(connect(group))).isEqualTo("a");
  }
}
