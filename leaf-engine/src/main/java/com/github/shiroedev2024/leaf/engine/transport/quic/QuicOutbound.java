package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.dial.SystemDialer;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.Resolver;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * Streams to one server on connections that it shares, each event loop its own. It dials those by
 * itself, whatever the destination is: the protocol above speaks to the server.
 */
final class QuicOutbound implements Outbound {
  /** Connections are shared by sessions of one loop, and bound to one interface if to any. */
  private record Way(EventLoop loop, Dialer below) {}

  private final String tag;
  private final QuicOptions options;
  private final Resolver resolver;
  private final EngineOptions limits;
  private final Logger log;
  private final QuicConnect.Plan plan;
  private final Map<Way, QuicPool> pools = new ConcurrentHashMap<>();
  private final AtomicInteger live = new AtomicInteger();

  QuicOutbound(
      String tag,
      QuicOptions options,
      Resolver resolver,
      EngineOptions limits,
      ILoggerFactory logs) {
    this.tag = tag;
    this.options = options;
    this.resolver = resolver;
    this.limits = limits;
    this.log = logs.getLogger(QuicOutbound.class.getName());
    Refusals refusals = new Refusals(options.trust().trust(), options.serverName());
    this.plan =
        new QuicConnect.Plan(
            options,
            context(options, refusals),
            refusals,
            limits.get(EngineOptions.OUTBOUND_DIAL_TIMEOUT),
            limits.get(EngineOptions.QUIC_MAX_IDLE_TIMEOUT_MS),
            limits.get(EngineOptions.QUIC_KEEP_ALIVE_INTERVAL_MS));
  }

  private static QuicSslContext context(QuicOptions options, Refusals refusals) {
    return QuicSslContextBuilder.forClient()
        .trustManager(refusals)
        .endpointIdentificationAlgorithm(null) // the trust looks at the name itself
        .applicationProtocols(options.alpn().toArray(new String[0]))
        .build();
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public boolean carries(Network network) {
    return network == Network.TCP;
  }

  @Override
  public void start() {
    if (options.trust().checksNothing()) {
      log.warn(
          "outbound '{}' is insecure: it accepts any certificate, so whoever is in between can"
              + " read and change all it carries",
          tag);
    }
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    if (!below.isSystem()) {
      return Connecting.failed(
          session,
          CloseReason.NOT_SUPPORTED,
          "outbound '"
              + tag
              + "': quic dials by itself and cannot run over another outbound; name it first in"
              + " the chain");
    }
    Promise<Channel> ready = session.loop().newPromise();
    Future<QuicStreamChannel> opened =
        pools
            .computeIfAbsent(
                new Way(session.loop(), below),
                way -> new QuicPool(way.loop(), needing -> counted(needing, way.below())))
            .open(session);
    ready.addListener(
        done -> {
          if (done.isCancelled()) {
            opened.cancel(false);
          }
        });
    opened.addListener(
        (Future<QuicStreamChannel> stream) -> {
          if (!stream.isSuccess()) {
            ready.tryFailure(SessionException.of(stream.cause(), CloseReason.DIAL_FAILED));
            return;
          }
          Path.passed(stream.getNow(), this);
          Connecting.deliver(ready, stream.getNow());
        });
    return ready;
  }

  private Future<QuicClient> counted(Session session, Dialer below) {
    Future<QuicClient> made = connection(session, below);
    made.addListener(
        (Future<QuicClient> done) -> {
          if (done.isSuccess()) {
            live.incrementAndGet();
            done.getNow().closed().addListener(closed -> live.decrementAndGet());
          }
        });
    return made;
  }

  /** Makes a connection to the server, whose name is looked up first. */
  private Future<QuicClient> connection(Session session, Dialer below) {
    Destination server = options.server();
    InetAddress address = server.address();
    if (address != null) {
      return new QuicConnect(plan, session, below, List.of(address), worked -> {}).start();
    }
    EventLoop loop = session.loop();
    Promise<QuicClient> ready = loop.newPromise();
    long begun = loop.ticker().nanoTime();
    Future<List<InetAddress>> lookup =
        resolver.resolve(server.host(), Resolver.Lookup.DIRECT, loop);
    lookup.addListener(
        (Future<List<InetAddress>> found) -> {
          session.timings().dns(loop.ticker().nanoTime() - begun);
          if (!found.isSuccess()) {
            ready.tryFailure(SessionException.of(found.cause(), CloseReason.RESOLVE_FAILED));
            return;
          }
          List<InetAddress> ordered =
              SystemDialer.ordered(found.getNow(), limits.get(EngineOptions.OUTBOUND_DIAL_ORDER));
          new QuicConnect(
                  plan, session, below, ordered, worked -> resolver.worked(server.host(), worked))
              .start()
              .addListener(
                  (Future<QuicClient> made) -> {
                    if (made.isSuccess()) {
                      ready.trySuccess(made.getNow());
                    } else {
                      ready.tryFailure(made.cause());
                    }
                  });
        });
    return ready;
  }

  /** Connections that are not closed yet, those that take no more streams too. */
  int live() {
    return live.get();
  }

  /** Connections that take streams, of all loops. */
  int connections() {
    return pools.values().stream().mapToInt(QuicPool::size).sum();
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return Connecting.failed(
        session,
        CloseReason.NOT_SUPPORTED,
        "outbound '" + tag + "': quic carries no UDP by itself");
  }

  @Override
  public void close() {
    pools.forEach((way, pool) -> way.loop().execute(pool::close));
  }
}
