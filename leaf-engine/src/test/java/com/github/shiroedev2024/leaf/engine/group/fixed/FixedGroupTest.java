package com.github.shiroedev2024.leaf.engine.group.fixed;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.fakes.FakeContext;
import com.github.shiroedev2024.leaf.engine.fakes.FakeOutbound;
import com.github.shiroedev2024.leaf.engine.fakes.ManualLoop;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Group;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FixedGroupTest {
  private static final Destination WEB = Destination.of("web.example", 80);

  private final ManualLoop manual = new ManualLoop();
  private final FakeContext context = new FakeContext(manual);
  private final FakeOutbound a = new FakeOutbound("a");
  private final FakeOutbound b = new FakeOutbound("b", EnumSet.of(Network.TCP));
  private final FakeOutbound c = new FakeOutbound("c");

  @AfterEach
  void close() {
    manual.close();
  }

  private FixedGroup group(FixedOptions.Method method, IntUnaryOperator draw) {
    return new FixedGroup("G", List.of(a, b, c), method, draw);
  }

  private String through(Group group, Network network) {
    Future<Channel> f =
        network == Network.TCP
            ? group.connect(manual.session(network, WEB), WEB, FakeContext.NO_DIALER)
            : group.associate(manual.session(network, WEB), WEB, FakeContext.NO_DIALER);
    manual.run();
    assertThat(Path.of(f.getNow()).groups()).containsExactly("G");
    return Path.of(f.getNow()).outboundTag();
  }

  @Test
  void membersTakeTurnsForEachNetworkApart() {
    Group group =
        context
            .with(a, b, c)
            .build(Group.class, new FixedType(), List.of("a", "b", "c"), "method=rr");
    List<String> tcp = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      assertThat(group.current(Network.TCP).tag()).isEqualTo("abc".charAt(i % 3) + "");
      tcp.add(through(group, Network.TCP));
    }
    assertThat(tcp).containsExactly("a", "b", "c", "a");
    // b carries no UDP and is passed over
    assertThat(through(group, Network.UDP)).isEqualTo("a");
    assertThat(through(group, Network.UDP)).isEqualTo("c");
    assertThat(through(group, Network.UDP)).isEqualTo("a");
  }

  @Test
  void aMemberNamedTwiceHasTwoTurns() {
    Group group =
        context.with(a, c).build(Group.class, new FixedType(), List.of("a", "a", "c"), "method=rr");
    assertThat(group.members()).containsExactly(a, c);
    assertThat(
            List.of(
                through(group, Network.TCP),
                through(group, Network.TCP),
                through(group, Network.TCP)))
        .containsExactly("a", "a", "c");
  }

  @Test
  void randomDrawsTheNextMemberAfterEachSession() {
    Seeds.forEach(
        20,
        random -> {
          FixedGroup group = group(FixedOptions.Method.RANDOM, random::nextInt);
          List<String> seen = new ArrayList<>();
          for (int i = 0; i < 100; i++) {
            String next = group.current(Network.TCP).tag();
            assertThat(through(group, Network.TCP)).isEqualTo(next);
            seen.add(next);
          }
          assertThat(seen).contains("a", "b", "c");
        });
  }

  @Test
  void randomOnceStaysWithItsDraw() {
    FixedGroup group = group(FixedOptions.Method.RANDOM_ONCE, bound -> bound - 1);
    for (int i = 0; i < 10; i++) {
      assertThat(through(group, Network.TCP)).isEqualTo("c");
      assertThat(through(group, Network.UDP)).isEqualTo("c");
    }
  }

  @Test
  void refusesANetworkNoMemberCarries() {
    Group group = context.with(b).build(Group.class, new FixedType(), List.of("b"));
    Future<Channel> f =
        group.associate(manual.session(Network.UDP, WEB), WEB, FakeContext.NO_DIALER);
    assertThat(f.cause())
        .isInstanceOfSatisfying(
            SessionException.class,
            e -> assertThat(e.reason()).isEqualTo(CloseReason.NOT_SUPPORTED))
        .hasMessage("group 'G': no member carries udp");
    assertThat(group.carries(Network.UDP)).isFalse();
  }

  @Test
  void anUnknownMethodIsAnError() {
    Problems problems = new Problems();
    var _ = new FixedType().read(FakeContext.conf(problems, List.of("a"), "method=best"));
    assertThat(problems.all())
        .singleElement()
        .satisfies(
            p -> {
              assertThat(p.isError()).isTrue();
              assertThat(p.message()).isEqualTo("outbound 'G': unknown method 'best'");
              assertThat(p.remedy()).isEqualTo("use random, random-once or rr");
            });
  }
}
