package com.github.shiroedev2024.leaf.engine.group.select;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.fakes.FakeContext;
import com.github.shiroedev2024.leaf.engine.fakes.FakeOutbound;
import com.github.shiroedev2024.leaf.engine.fakes.ManualLoop;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.spi.Problem;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Selectable;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SelectGroupTest {
  private static final Destination WEB = Destination.of("web.example", 80);

  private final ManualLoop manual = new ManualLoop();
  private final FakeContext context = new FakeContext(manual);
  private final FakeOutbound a = new FakeOutbound("a");
  private final FakeOutbound b = new FakeOutbound("b", EnumSet.of(Network.TCP));

  @AfterEach
  void close() {
    manual.close();
  }

  private Selectable group() {
    return context.with(a, b).build(Selectable.class, new SelectType(), List.of("a", "b"));
  }

  private Channel connect(Selectable group) {
    Future<Channel> f = group.connect(manual.session(Network.TCP, WEB), WEB, FakeContext.NO_DIALER);
    manual.run();
    return f.getNow();
  }

  @Test
  void beginsWithTheFirstAndRemembersThat() {
    Selectable group = group();
    assertThat(context.selections.all).isEmpty();
    group.start();
    assertThat(group.current(Network.TCP)).isSameAs(a);
    assertThat(context.selections.all).containsEntry("G", "a");
  }

  @Test
  void beginsWithTheRememberedMember() {
    context.selections.select("G", "b");
    assertThat(group().current(Network.UDP)).isSameAs(b);
  }

  @Test
  void aRememberedStrangerCountsAsNone() {
    context.selections.select("G", "gone");
    Selectable group = group();
    group.start();
    assertThat(group.current(Network.TCP)).isSameAs(a);
    assertThat(context.selections.all).containsEntry("G", "a");
  }

  @Test
  void takesOverWhatWasPickedBetweenBuildAndStart() {
    Selectable group = group();
    context.selections.select("G", "b"); // on the group of the engine before
    group.start();
    assertThat(group.current(Network.TCP)).isSameAs(b);
  }

  @Test
  void switchesNewSessionsOnly() {
    Selectable group = group();
    Channel before = connect(group);
    assertThat(group.select("b")).isTrue();
    Channel after = connect(group);
    assertThat(before.isOpen()).isTrue();
    assertThat(Path.of(before).outboundTag()).isEqualTo("a");
    assertThat(Path.of(after).outboundTag()).isEqualTo("b");
    assertThat(Path.of(after).groups()).containsExactly("G");
    assertThat(context.selections.all).containsEntry("G", "b");
  }

  @Test
  void anUnknownMemberChangesNothing() {
    Selectable group = group();
    assertThat(group.select("c")).isFalse();
    assertThat(group.current(Network.TCP)).isSameAs(a);
    assertThat(context.selections.all).isEmpty();
  }

  @Test
  void carriesWhatAnyMemberCarries() {
    assertThat(group().carries(Network.UDP)).isTrue();
    assertThat(group().carriesOver(Network.UDP, EnumSet.of(Network.TCP))).isFalse();
  }

  @Test
  void cancellingReachesTheMember() {
    a.mood = FakeOutbound.Mood.SILENT;
    Future<Channel> f =
        group().connect(manual.session(Network.TCP, WEB), WEB, FakeContext.NO_DIALER);
    f.cancel(false);
    manual.run();
    assertThat(a.calls.getFirst().promise().isCancelled()).isTrue();
  }

  @Test
  void noMembersIsAnError() {
    Problems problems = new Problems();
    var _ = new SelectType().read(FakeContext.conf(problems, List.of()));
    assertThat(problems.hasErrors()).isTrue();
    assertThat(problems.all().getFirst().message()).isEqualTo("outbound 'G': no members");
  }

  @Test
  void aMemberNamedTwiceIsAWarning() {
    Problems problems = new Problems();
    var options = new SelectType().read(FakeContext.conf(problems, List.of("a", "b", "a")));
    assertThat(options.references()).containsExactly("a", "b");
    assertThat(problems.all()).extracting(Problem::isError).containsExactly(false);
  }
}
