package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.dial.ReadGate;
import com.github.shiroedev2024.leaf.engine.dial.StreamEnd;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.protocol.RealDialer;
import com.github.shiroedev2024.leaf.engine.relay.StreamRelay;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Dispatcher;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.testkit.Await;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * Loopback ports that relay as an engine does: plain bytes in, TLS out, and the other way round, so
 * that tests can use plain blocking sockets, or foreign programs, on either side.
 */
final class TlsTunnel implements InboundContext, AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final EventLoopGroup loops;
  private final EngineOptions limits;
  private final Dialer dialer = new RealDialer();
  private final ConcurrentLinkedQueue<Session> sessions = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Channel> channels = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> warnings = new ConcurrentLinkedQueue<>();

  TlsTunnel(boolean epoll, EngineOptions limits) {
    this.loops = Transports.newLoops(2, epoll, "tls-test");
    this.limits = limits;
  }

  TlsTunnel() {
    this(true, EngineOptions.defaults());
  }

  /** A port whose connections go through the outbound to the destination. */
  int client(Outbound outbound, Destination destination) {
    return listen(
        (client, session) ->
            outbound
                .connect(session, destination, dialer)
                .addListener((Future<Channel> remote) -> relay(session, client, remote)),
        destination);
  }

  /** A port whose connections shake hands as this context says, for what no setting gives. */
  int client(SslContext context, Destination destination) {
    return listen(
        (client, session) -> {
          Future<Channel> below = dialer.dial(session, destination);
          Future<Channel> secured =
              Connecting.then(
                  session,
                  below,
                  (channel, ready) ->
                      channel
                          .pipeline()
                          .addLast(
                              new Handshake(
                                  context.newEngine(channel.alloc()),
                                  Alpn.NONE,
                                  Duration.ZERO,
                                  "the server",
                                  CloseReason.REMOTE_RESET,
                                  new Handshake.Outcome() {
                                    @Override
                                    public void done(Channel stream) {
                                      Connecting.deliver(ready, stream);
                                    }

                                    @Override
                                    public void failed(Channel stream, SessionException cause) {
                                      ready.tryFailure(cause);
                                    }
                                  })));
          secured.addListener((Future<Channel> remote) -> relay(session, client, remote));
        },
        destination);
  }

  /** A port that takes TLS off and relays to the destination. */
  int server(InboundLayer layer, Destination destination) {
    return listen(
        (client, session) -> {
          client.config().setAutoRead(true);
          layer.accept(
              client,
              stream -> {
                stream.config().setAutoRead(false);
                stream.pipeline().addLast(new ReadGate()); // holds what came with the handshake
                dialer
                    .dial(session, destination)
                    .addListener((Future<Channel> remote) -> relay(session, stream, remote));
              });
        },
        destination);
  }

  private int listen(BiConsumer<Channel, Session> serve, Destination destination) {
    Channel listener =
        new ServerBootstrap()
            .group(loops)
            .channel(Transports.serverSocketChannel(loops))
            .option(ChannelOption.SO_BACKLOG, 512)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel client) {
                    channels.add(client);
                    client.pipeline().addLast(new ReadGate(), StreamEnd.INSTANCE);
                    Session session = session(client, destination);
                    sessions.add(session);
                    client.eventLoop().execute(() -> serve.accept(client, session));
                  }
                })
            .bind(new InetSocketAddress(LOOPBACK, 0))
            .syncUninterruptibly()
            .channel();
    channels.add(listener);
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  private void relay(Session session, Channel client, Future<Channel> remote) {
    if (remote.isSuccess()) {
      channels.add(remote.getNow());
      StreamRelay.install(session, client, remote.getNow(), limits, null).begin();
    } else {
      SessionException cause = SessionException.of(remote.cause(), CloseReason.DIAL_FAILED);
      session.end(cause.reason(), cause.getMessage());
      client.close();
    }
  }

  /** A session of nobody, for tests that call an outbound themselves. */
  Session session(Destination destination) {
    return session(loops.next(), destination);
  }

  Dialer dialer() {
    return dialer;
  }

  private static Session session(Channel client, Destination destination) {
    return session(client.eventLoop(), destination);
  }

  private static Session session(EventLoop loop, Destination destination) {
    return new Session(
        1,
        Network.TCP,
        "test",
        new InetSocketAddress(LOOPBACK, 1),
        destination,
        null,
        loop,
        SessionEvents.NONE,
        0);
  }

  @Override
  public EngineOptions options() {
    return limits;
  }

  @Override
  public EventLoopGroup loops() {
    return loops;
  }

  @Override
  public ILoggerFactory logs() {
    return name -> new Warnings();
  }

  /** What was logged as a warning. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  private final class Warnings extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;

    @Override
    public boolean isTraceEnabled() {
      return false;
    }

    @Override
    public boolean isDebugEnabled() {
      return false;
    }

    @Override
    public boolean isInfoEnabled() {
      return false;
    }

    @Override
    public boolean isWarnEnabled() {
      return true;
    }

    @Override
    public boolean isErrorEnabled() {
      return true;
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
      return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
        Level level,
        @Nullable Marker marker,
        String message,
        Object @Nullable [] arguments,
        @Nullable Throwable cause) {
      warnings.add(MessageFormatter.basicArrayFormat(message, arguments));
    }
  }

  @Override
  public Dispatcher dispatcher() {
    throw new AssertionError("a layer opens no sessions");
  }

  @Override
  public InboundSpec part(String tag) {
    throw new AssertionError("TLS names no parts");
  }

  List<Session> sessions() {
    return List.copyOf(sessions);
  }

  static Socket connect(int port) throws IOException {
    Socket socket = new Socket(LOOPBACK, port);
    socket.setSoTimeout(60_000);
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** How many connections are not read from now. */
  long paused() {
    return channels.stream()
        .filter(channel -> channel.isActive() && !channel.config().isAutoRead())
        .count();
  }

  /** How the sessions ended, for the messages of failed assertions. */
  String told() {
    return sessions.stream()
        .map(session -> session.closeReason() + " " + session.closeDetail())
        .toList()
        .toString();
  }

  @Override
  public void close() {
    channels.forEach(Channel::close);
    Await.until("every channel closed", () -> channels.stream().noneMatch(Channel::isOpen));
    loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS).syncUninterruptibly();
  }
}
