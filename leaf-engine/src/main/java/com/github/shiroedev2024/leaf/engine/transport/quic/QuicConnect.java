package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.certificate.CertificateRefused;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes one connection: each address in turn, on a UDP socket of its own. On the session's loop.
 */
final class QuicConnect {
  /**
   * What is the same for all connections of an outbound.
   *
   * @param context with the application protocols and this {@code refusals}
   * @param timeout for each address; zero: as long as the idle timeout lets it
   * @param idle silence after which a connection ends
   * @param keepAlive silence after which one that has streams is kept alive; zero: never
   */
  record Plan(
      QuicOptions options,
      QuicSslContext context,
      Refusals refusals,
      Duration timeout,
      Duration idle,
      Duration keepAlive) {}

  private final Plan plan;
  private final Session session;
  private final Dialer below;
  private final EventLoop loop;
  private final List<InetAddress> addresses;
  private final Consumer<InetAddress> worked;
  private final Promise<QuicClient> ready;
  private final StringBuilder failures = new StringBuilder();
  private int next;

  /**
   * @param session whose connection is made first; others may use it later
   * @param below opens the sockets
   * @param addresses at least one
   * @param worked told the address that answered
   */
  QuicConnect(
      Plan plan,
      Session session,
      Dialer below,
      List<InetAddress> addresses,
      Consumer<InetAddress> worked) {
    this.plan = plan;
    this.session = session;
    this.below = below;
    this.loop = session.loop();
    this.addresses = addresses;
    this.worked = worked;
    this.ready = loop.newPromise();
  }

  /** Fails with a {@code SessionException}; cancelling it closes what is on its way. */
  Future<QuicClient> start() {
    attempt();
    return ready;
  }

  private void attempt() {
    InetAddress address = addresses.get(next++);
    long begun = loop.ticker().nanoTime();
    Future<Channel> socket =
        below.associate(session, Destination.of(address, plan.options().server().port()));
    ready.addListener(
        done -> {
          if (done.isCancelled()) {
            socket.cancel(false);
          }
        });
    socket.addListener(
        (Future<Channel> opened) -> {
          if (!opened.isSuccess()) {
            failed(address, SessionException.of(opened.cause(), CloseReason.DIAL_FAILED));
          } else if (ready.isDone()) {
            opened.getNow().close();
          } else {
            shakeHands(address, opened.getNow(), begun);
          }
        });
  }

  private void shakeHands(InetAddress address, Channel socket, long begun) {
    while (socket.pipeline().last() != null) {
      socket.pipeline().removeLast(); // the datagrams are for the codec as they are
    }
    socket.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(QuicCodecs.MAX_DATAGRAM));
    Promise<QuicChannel> connecting = loop.newPromise();
    QuicClient client = new QuicClient(loop, plan.options().server(), plan.keepAlive());
    Engine engine = new Engine();
    QuicClient.Tap tap = client.new Tap(connecting);
    socket.pipeline().addLast(tap, codec(engine));
    connecting.addListener(
        (Future<QuicChannel> done) -> {
          if (done.isSuccess()) {
            connected(address, client, socket, done.getNow(), begun);
            return;
          }
          socket.close();
          failed(address, QuicFailure.ofConnect(done.cause(), engine.refusal(), client.heard()));
        });
    ready.addListener(
        done -> {
          if (done.isCancelled()) {
            connecting.cancel(false);
          }
        });
    // Connected, the socket tells when nobody listens there.
    socket
        .connect(new InetSocketAddress(address, plan.options().server().port()))
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                connecting.tryFailure(done.cause());
              } else if (connecting.isDone()) {
                socket.close();
              } else {
                socket.config().setAutoRead(true);
                bootstrap(client, socket, connecting);
              }
            });
  }

  private void bootstrap(QuicClient client, Channel socket, Promise<QuicChannel> connecting) {
    QuicChannel.newBootstrap(socket)
        .handler(client)
        .option(
            ChannelOption.CONNECT_TIMEOUT_MILLIS,
            (int) Math.min(plan.timeout().toMillis(), Integer.MAX_VALUE))
        .remoteAddress(socket.remoteAddress())
        .connect()
        .addListener(
            (Future<QuicChannel> done) -> {
              if (!done.isSuccess()) {
                connecting.tryFailure(done.cause());
              } else {
                // The library counts the streams that the server allows when this task is over.
                loop.execute(
                    () -> {
                      if (!connecting.trySuccess(done.getNow())) {
                        socket.close();
                      }
                    });
              }
            });
  }

  /** The engine of one attempt. */
  private final class Engine {
    private @Nullable QuicSslEngine made;

    QuicSslEngine make(QuicChannel channel) {
      QuicSslEngine engine =
          plan.context()
              .newEngine(
                  channel.alloc(), plan.options().serverName(), plan.options().server().port());
      made = engine;
      return engine;
    }

    @Nullable CertificateRefused refusal() {
      return made == null ? null : plan.refusals().take(made);
    }
  }

  private ChannelHandler codec(Engine engine) {
    return QuicCodecs.common(new QuicClientCodecBuilder(), plan.idle(), 0)
        .sslEngineProvider(engine::make)
        .build();
  }

  private void connected(
      InetAddress address, QuicClient client, Channel socket, QuicChannel channel, long begun) {
    client.connected(channel);
    channel.closeFuture().addListener(closed -> socket.close());
    session.timings().connect(loop.ticker().nanoTime() - begun);
    worked.accept(address);
    if (!ready.trySuccess(client)) {
      channel.close();
    }
  }

  private void failed(InetAddress address, SessionException cause) {
    if (ready.isDone()) {
      return;
    }
    if (!failures.isEmpty()) {
      failures.append("; ");
    }
    failures.append(cause.getMessage());
    if (plan.options().server().isDomain()) {
      failures.append(" (").append(address.getHostAddress()).append(')');
    }
    if (next < addresses.size()) {
      attempt();
    } else {
      ready.tryFailure(
          new SessionException(
              cause.reason(), "quic server " + plan.options().server() + ": " + failures, cause));
    }
  }
}
