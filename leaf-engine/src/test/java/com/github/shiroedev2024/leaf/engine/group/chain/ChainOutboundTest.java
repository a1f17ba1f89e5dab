package com.github.shiroedev2024.leaf.engine.group.chain;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.fakes.FakeContext;
import com.github.shiroedev2024.leaf.engine.fakes.FakeOutbound;
import com.github.shiroedev2024.leaf.engine.fakes.ManualLoop;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ChainOutboundTest {
  private static final Destination WEB = Destination.of("web.example", 443);

  private final ManualLoop manual = new ManualLoop();
  private final FakeContext context = new FakeContext(manual);
  private final List<String> steps = new ArrayList<>();

  @AfterEach
  void close() {
    manual.close();
  }

  /** A proxy with a server of its own, or a layer without one, that writes down its steps. */
  private final class Hop implements Outbound {
    private final String tag;
    private final @Nullable Destination server;
    private final boolean framesUdp;

    Hop(String tag, @Nullable String server, boolean framesUdp) {
      this.tag = tag;
      this.server = server == null ? null : Destination.of(server, 1);
      this.framesUdp = framesUdp;
    }

    @Override
    public String tag() {
      return tag;
    }

    @Override
    public boolean carries(Network network) {
      return network == Network.TCP || server != null;
    }

    @Override
    public boolean carriesOver(Network network, Set<Network> below) {
      Network needed = framesUdp ? Network.TCP : network;
      return carries(network) && below.contains(needed);
    }

    @Override
    public Future<Channel> connect(Session session, Destination destination, Dialer below) {
      steps.add(tag + " to " + destination);
      Destination next = server == null ? destination : server;
      return Connecting.through(session, this, below.dial(session, next));
    }

    @Override
    public Future<Channel> associate(Session session, Destination first, Dialer below) {
      steps.add(tag + " udp to " + first);
      Destination next = server == null ? first : server;
      return Connecting.through(
          session, this, framesUdp ? below.dial(session, next) : below.associate(session, next));
    }
  }

  private final Dialer system =
      new Dialer() {
        @Override
        public Future<Channel> dial(Session session, Destination destination) {
          steps.add("dial " + destination);
          return session.loop().newSucceededFuture(new EmbeddedChannel());
        }

        @Override
        public Future<Channel> associate(Session session, Destination first) {
          steps.add("socket for " + first);
          return session.loop().newSucceededFuture(new EmbeddedChannel());
        }
      };

  private Outbound chain(Outbound... actors) {
    List<String> tags = List.of(actors).stream().map(Outbound::tag).toList();
    return context.with(actors).build(Outbound.class, new ChainType(), tags);
  }

  private Future<Channel> open(Outbound chain, Network network) {
    Session session = manual.session(network, WEB);
    Future<Channel> f =
        network == Network.TCP
            ? chain.connect(session, WEB, system)
            : chain.associate(session, WEB, system);
    manual.run();
    return f;
  }

  @Test
  void eachIsReachedThroughTheOneBefore() {
    Outbound chain = chain(new Hop("a", "a.example", false), new Hop("b", "b.example", false));
    Future<Channel> f = open(chain, Network.TCP);
    assertThat(steps)
        .containsExactly("b to web.example:443", "a to b.example:1", "dial a.example:1");
    Path path = Path.of(f.getNow());
    assertThat(path.outboundTag()).isEqualTo("G");
    assertThat(path.groups()).isEmpty();
    assertThat(path.hops()).extracting(h -> h.tag()).containsExactly("G", "b", "a");
  }

  @Test
  void layersWithoutAServerAreAskedForTheNextServer() {
    Outbound chain =
        chain(
            new Hop("tls", null, false),
            new Hop("ws", null, false),
            new Hop("trojan", "t.example", true));
    assertThat(open(chain, Network.TCP).isSuccess()).isTrue();
    assertThat(steps)
        .containsExactly(
            "trojan to web.example:443",
            "ws to t.example:1",
            "tls to t.example:1",
            "dial t.example:1");
  }

  @Test
  void datagramsRideOnAStreamWhereTheLastActorFramesThem() {
    Outbound chain = chain(new Hop("tls", null, false), new Hop("trojan", "t.example", true));
    assertThat(chain.carries(Network.UDP)).isTrue();
    assertThat(open(chain, Network.UDP).isSuccess()).isTrue();
    assertThat(steps)
        .containsExactly("trojan udp to web.example:443", "tls to t.example:1", "dial t.example:1");
  }

  @Test
  void datagramsPassServersThatForwardThem() {
    Outbound chain = chain(new Hop("a", "a.example", false), new Hop("b", "b.example", false));
    assertThat(chain.carries(Network.UDP)).isTrue();
    assertThat(open(chain, Network.UDP).isSuccess()).isTrue();
    assertThat(steps)
        .containsExactly(
            "b udp to web.example:443", "a udp to b.example:1", "socket for a.example:1");
  }

  @Test
  void refusesDatagramsThatALayerCannotCarry() {
    Outbound chain = chain(new Hop("tls", null, false), new Hop("ss", "s.example", false));
    assertThat(chain.carries(Network.TCP)).isTrue();
    assertThat(chain.carries(Network.UDP)).isFalse();
    assertThat(open(chain, Network.UDP).cause())
        .isInstanceOfSatisfying(
            SessionException.class,
            e -> assertThat(e.reason()).isEqualTo(CloseReason.NOT_SUPPORTED))
        .hasMessage("chain 'G' does not carry udp");
    assertThat(steps).isEmpty();
  }

  @Test
  void aChainIsNoGroupAndMayHoldGroupsAndChains() {
    Outbound inner =
        context
            .with(new Hop("tls", null, false), new Hop("trojan", "t.example", true))
            .build("inner", Outbound.class, new ChainType(), List.of("tls", "trojan"));
    Outbound chain = chain(inner, new Hop("b", "b.example", false));
    assertThat(chain.isGroup()).isFalse();
    assertThat(new ChainType().isGroup()).isFalse();
    assertThat(chain.carriesOver(Network.UDP, EnumSet.of(Network.TCP))).isTrue();
    assertThat(open(chain, Network.TCP).isSuccess()).isTrue();
    assertThat(steps)
        .containsExactly(
            "b to web.example:443",
            "trojan to b.example:1",
            "tls to t.example:1",
            "dial t.example:1");
  }

  @Test
  void cancellingClosesWhatStillComes() {
    FakeOutbound silent = new FakeOutbound("s");
    silent.mood = FakeOutbound.Mood.SILENT;
    Outbound chain = chain(silent, new Hop("b", "b.example", false));
    Future<Channel> f = open(chain, Network.TCP);
    f.cancel(false);
    manual.run();
    assertThat(silent.calls.getFirst().promise().isCancelled()).isTrue();
    assertThat(silent.succeed(0).isOpen()).isFalse();
  }
}
