package com.github.shiroedev2024.leaf.engine.group.tryall;

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
import com.github.shiroedev2024.leaf.engine.spi.Group;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TryAllGroupTest {
  private static final Destination WEB = Destination.of("web.example", 80);

  private final ManualLoop manual = new ManualLoop();
  private final FakeContext context = new FakeContext(manual);
  private final FakeOutbound a = new FakeOutbound("a");
  private final FakeOutbound b = new FakeOutbound("b");
  private final FakeOutbound c = new FakeOutbound("c");

  @AfterEach
  void close() {
    manual.close();
  }

  private Group group(int delayMillis) {
    return context
        .with(a, b, c)
        .build(Group.class, new TryAllType(), List.of("a", "b", "c"), "delayBase=" + delayMillis);
  }

  private Future<Channel> connect(Group group) {
    Future<Channel> f = group.connect(manual.session(Network.TCP, WEB), WEB, FakeContext.NO_DIALER);
    manual.run();
    return f;
  }

  private void moods(Mood first, Mood second, Mood third) {
    a.mood = first;
    b.mood = second;
    c.mood = third;
  }

  @Test
  void withoutADelayAllStartAtOnceAndTheFirstWins() {
    moods(Mood.SILENT, Mood.SILENT, Mood.SILENT);
    Group group = group(0);
    Future<Channel> f = connect(group);
    assertThat(List.of(a.calls.size(), b.calls.size(), c.calls.size())).containsExactly(1, 1, 1);
    c.succeed(0);
    manual.run();
    assertThat(Path.of(f.getNow()).hops()).containsExactly(group, c);
    assertThat(group.current(Network.TCP)).isSameAs(c);
    assertThat(a.calls.getFirst().promise().isCancelled()).isTrue();
    assertThat(b.calls.getFirst().promise().isCancelled()).isTrue();
  }

  @Test
  void startsOneAfterTheOther() {
    moods(Mood.SILENT, Mood.SILENT, Mood.UP);
    Future<Channel> f = connect(group(100));
    assertThat(b.calls).isEmpty();
    manual.advance(Duration.ofMillis(99));
    assertThat(b.calls).isEmpty();
    manual.advance(Duration.ofMillis(1));
    assertThat(b.calls).hasSize(1);
    assertThat(c.calls).isEmpty();
    manual.advance(Duration.ofMillis(100));
    assertThat(Path.of(f.getNow()).outboundTag()).isEqualTo("c");
    assertThat(a.calls.getFirst().promise().isCancelled()).isTrue();
  }

  @Test
  void aWinnerKeepsTheOthersFromStarting() {
    Future<Channel> f = connect(group(100));
    assertThat(Path.of(f.getNow()).outboundTag()).isEqualTo("a");
    manual.advance(Duration.ofSeconds(1));
    assertThat(b.calls).isEmpty();
    assertThat(c.calls).isEmpty();
  }

  @Test
  void theNextStartsEarlyWhenNobodyRuns() {
    moods(Mood.REFUSES, Mood.THROWS, Mood.UP);
    assertThat(Path.of(connect(group(10_000)).getNow()).outboundTag()).isEqualTo("c");

    moods(Mood.SILENT, Mood.UP, Mood.UP);
    Future<Channel> f = connect(group(10_000));
    assertThat(f.isDone()).isFalse();
    a.calls.getLast().promise().setFailure(new SessionException(CloseReason.REFUSED, "late"));
    manual.run();
    assertThat(Path.of(f.getNow()).outboundTag()).isEqualTo("b");
    manual.advance(Duration.ofSeconds(60));
    assertThat(c.calls).hasSize(1);
  }

  @Test
  void aLoserThatComesUpAllTheSameIsClosed() {
    moods(Mood.SILENT, Mood.SILENT, Mood.SILENT);
    Future<Channel> f = connect(group(0));
    assertThat(a.calls.getFirst().promise().setUncancellable()).isTrue();
    b.succeed(0);
    a.succeed(0);
    manual.run();
    assertThat(Path.of(f.getNow()).outboundTag()).isEqualTo("b");
    assertThat(List.of(a.open(), b.open())).containsExactly(0, 1);
  }

  @Test
  void allFailedTellsEachReason() {
    moods(Mood.REFUSES, Mood.THROWS, Mood.REFUSES);
    assertThat(connect(group(0)).cause())
        .isInstanceOfSatisfying(
            SessionException.class,
            e -> assertThat(e.reason()).isEqualTo(CloseReason.ALL_MEMBERS_FAILED))
        .hasMessage(
            "group 'G': all members failed: a: connection refused; b: out of order; "
                + "c: connection refused");
  }

  @Test
  void cancellingEndsAllAndStartsNoMore() {
    moods(Mood.SILENT, Mood.SILENT, Mood.UP);
    Future<Channel> f = connect(group(100));
    manual.advance(Duration.ofMillis(100));
    f.cancel(false);
    manual.advance(Duration.ofSeconds(1));
    assertThat(a.calls.getFirst().promise().isCancelled()).isTrue();
    assertThat(b.calls.getFirst().promise().isCancelled()).isTrue();
    assertThat(c.calls).isEmpty();
  }

  @Test
  void onlyMembersThatCarryUdpRunForIt() {
    FakeOutbound stream = new FakeOutbound("s", EnumSet.of(Network.TCP));
    Group group = context.with(stream, a).build(Group.class, new TryAllType(), List.of("s", "a"));
    assertThat(group.current(Network.UDP)).isSameAs(a);
    Future<Channel> f =
        group.associate(manual.session(Network.UDP, WEB), WEB, FakeContext.NO_DIALER);
    manual.run();
    assertThat(Path.of(f.getNow()).outboundTag()).isEqualTo("a");
    assertThat(stream.calls).isEmpty();
  }
}
