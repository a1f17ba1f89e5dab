package com.github.shiroedev2024.leaf.engine.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.dial.SystemDialer;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ClientReply;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import com.github.shiroedev2024.leaf.engine.spi.Dispatcher;
import com.github.shiroedev2024.leaf.engine.spi.DnsSpec;
import com.github.shiroedev2024.leaf.engine.spi.DnsSpec.Server;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.FakeAddresses;
import com.github.shiroedev2024.leaf.engine.spi.Resolver.Lookup;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.helpers.NOPLoggerFactory;

@ExtendWith(LeakCheck.class)
class RoutedLookupTest {
  private static final InetAddress ONE = InetAddress.ofLiteral("192.0.2.1");

  private final EventLoopGroup loops = Transports.newLoops(1, true, "routed-test");
  private final FakeDispatcher dispatcher = new FakeDispatcher();
  private final DnsCache cache = new DnsCache(8, Ticker.systemTicker());
  private @Nullable DnsResolver resolver;

  @AfterEach
  void stop() {
    if (resolver != null) {
      resolver.close();
    }
    Await.result(loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS));
  }

  @Test
  void goThroughTheDispatcherAsDnsclient() {
    try (FakeDnsServer server =
        new FakeDnsServer(q -> List.of(q.ok().a(q.name(), 30, 192, 0, 2, 1).bytes()))) {
      assertThat(Await.result(resolve(server, Lookup.ROUTED))).containsExactly(ONE);
      assertThat(dispatcher.sessions).hasSize(1);
      Session session = dispatcher.sessions.getFirst();
      assertThat(session.inboundTag()).isEqualTo("dnsclient");
      assertThat(session.network()).isEqualTo(Network.UDP);
      assertThat(session.destination()).isEqualTo(Destination.of(server.address()));
      Await.until("the session ends", () -> session.closeReason() == CloseReason.FINISHED);
    }
  }

  @Test
  void directLookupsDoNot() {
    try (FakeDnsServer server =
        new FakeDnsServer(q -> List.of(q.ok().a(q.name(), 30, 192, 0, 2, 1).bytes()))) {
      assertThat(Await.result(resolve(server, Lookup.DIRECT))).containsExactly(ONE);
      assertThat(dispatcher.sessions).isEmpty();
    }
  }

  @Test
  void aCutAnswerIsFetchedOverARoutedConnection() {
    try (FakeDnsServer server =
        new FakeDnsServer(
            q ->
                List.of(
                    q.tcp()
                        ? q.ok().a(q.name(), 30, 192, 0, 2, 1).bytes()
                        : WireMessage.reply(q.id(), 0x8380, q.name(), q.type()).bytes()))) {
      assertThat(Await.result(resolve(server, Lookup.ROUTED))).containsExactly(ONE);
      assertThat(dispatcher.sessions)
          .extracting(Session::network)
          .containsExactly(Network.UDP, Network.TCP);
      Session stream = dispatcher.sessions.getLast();
      Await.until("the session ends", () -> stream.closeReason() != null);
      assertThat(stream.sent()).isGreaterThan(12);
      assertThat(stream.received()).isGreaterThan(12);
    }
  }

  @Test
  void aFailedOutboundIsToldBeforeTheTimeIsOver() {
    dispatcher.refuse = true;
    try (FakeDnsServer server = new FakeDnsServer(q -> List.of())) {
      SessionException e = (SessionException) Await.failure(resolve(server, Lookup.ROUTED));
      assertThat(e.reason()).isEqualTo(CloseReason.RESOLVE_FAILED);
      assertThat(e).hasMessageEndingWith("all members failed");
      assertThat(dispatcher.sessions.size()).isGreaterThan(1);
    }
  }

  private Future<List<InetAddress>> resolve(FakeDnsServer server, Lookup lookup) {
    DnsResolver made =
        new DnsResolver(
            new DnsSpec(List.of(new Server.Udp(server.address(), false)), Map.of()),
            EngineOptions.defaults(),
            name -> false,
            () -> dispatcher,
            cache,
            FakeAddresses.NONE,
            new NOPLoggerFactory(),
            name -> {
              throw new UnknownHostException(name);
            },
            Ticker.systemTicker());
    resolver = made;
    return made.resolve("www.example.com", lookup, loops.next());
  }

  /** Everything goes out by the system's sockets, or fails at once. */
  private static final class FakeDispatcher implements Dispatcher {
    final List<Session> sessions = new CopyOnWriteArrayList<>();
    volatile boolean refuse;
    private final SystemDialer dialer =
        new SystemDialer(
            new DnsResolver(
                new DnsSpec(List.of(), Map.of()),
                EngineOptions.defaults().with(EngineOptions.DNS_TIMEOUT, Duration.ofSeconds(1)),
                name -> false,
                () -> {
                  throw new AssertionError("addresses only");
                },
                new DnsCache(1, Ticker.systemTicker()),
                FakeAddresses.NONE,
                new NOPLoggerFactory()),
            EngineOptions.defaults(),
            new NOPLoggerFactory());

    @Override
    public Session open(
        Network network,
        String inboundTag,
        InetSocketAddress source,
        Destination destination,
        @Nullable String userId,
        EventLoop loop) {
      Session session =
          new Session(
              sessions.size() + 1L,
              network,
              inboundTag,
              source,
              destination,
              userId,
              loop,
              SessionEvents.NONE,
              0);
      sessions.add(session);
      return session;
    }

    @Override
    public void serve(Session session, Channel client, ClientReply reply) {
      throw new AssertionError("nobody serves here");
    }

    @Override
    public void relay(Session session, Channel client, Channel remote, ClientReply reply) {
      throw new AssertionError("nobody relays here");
    }

    @Override
    public Future<Channel> connect(Session session) {
      return dialer.dial(session, session.destination());
    }

    @Override
    public DatagramLink associate(Session session, DatagramSink client) {
      Future<Channel> socket = dialer.associate(session, session.destination());
      socket.addListener(
          (Future<Channel> opened) -> {
            Channel channel = opened.getNow();
            session.onEnd(reason -> channel.close());
            channel
                .pipeline()
                .addLast(
                    new SimpleChannelInboundHandler<Datagram>(false) {
                      @Override
                      protected void channelRead0(ChannelHandlerContext ctx, Datagram datagram) {
                        client.receive(datagram);
                      }
                    });
            channel.config().setAutoRead(true);
          });
      if (refuse) {
        session.end(CloseReason.ALL_MEMBERS_FAILED, null);
      }
      return datagram ->
          socket.addListener(
              (Future<Channel> opened) -> {
                if (opened.isSuccess()) {
                  opened.getNow().writeAndFlush(datagram);
                } else {
                  datagram.release();
                }
              });
    }
  }
}
