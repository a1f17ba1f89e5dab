package com.github.shiroedev2024.leaf.engine.listen;

import com.github.shiroedev2024.leaf.engine.dial.ReadGate;
import com.github.shiroedev2024.leaf.engine.dial.StreamEnd;
import com.github.shiroedev2024.leaf.engine.dial.StreamOptions;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.telemetry.LogThrottle;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * The listening sockets of one runtime, TCP and UDP. A change is staged first: what is missing is
 * bound (and the kernel queues its clients), then committed in one step, or rolled back without a
 * trace. Sockets whose address stays are never touched, so no client is refused during a reload.
 */
public final class Listeners {
  /**
   * A place to listen: port 0 means a free port, told apart by tag.
   *
   * @param networks the kinds of socket, all on one port
   * @param device whether the address is, or will be, a device's of ours: the socket may be there
   *     first
   */
  public record Place(
      InetSocketAddress address, String tag, Set<Network> networks, boolean device) {
    public Place(InetSocketAddress address, String tag, Set<Network> networks) {
      this(address, tag, networks, false);
    }

    /** Places with a fixed port are the same whatever their tag is. */
    Object key() {
      return address.getPort() == 0 ? this : Map.entry(address, networks);
    }
  }

  /** A place that could not be bound. */
  public record Failure(Place place, Network network, Throwable cause) {}

  /** One place's sockets. */
  private static final class Listener {
    volatile @Nullable Channel tcp;
    volatile @Nullable Channel udp;
    volatile @Nullable Inbound inbound;

    List<Channel> sockets() {
      return Stream.of(tcp, udp).filter(Objects::nonNull).map(Objects::requireNonNull).toList();
    }

    /** Gives it the inbound that serves it from here on. */
    CompletableFuture<?> serve(Inbound next) {
      Inbound before = inbound;
      inbound = next;
      Channel socket = udp;
      if (socket == null || before == next) {
        return CompletableFuture.completedFuture(null);
      }
      return CompletableFuture.runAsync(
          () -> {
            if (before != null) {
              before.detach(socket);
            }
            next.attach(socket);
          },
          socket.eventLoop());
    }
  }

  /** Any UDP datagram fits; bytes. */
  private static final int MAX_DATAGRAM = 65_535;

  private final EventLoopGroup loops;

  /** Whether accepted sockets have their listener's options. */
  private final boolean inherits;

  private final Logger log;
  private final LogThrottle refusals = new LogThrottle();
  private final LogThrottle acceptFailures = new LogThrottle();
  private final AtomicInteger held = new AtomicInteger();
  private final Set<Channel> clients = ConcurrentHashMap.newKeySet();
  private volatile int maxClients = Integer.MAX_VALUE;
  private Map<Object, Listener> listening = new LinkedHashMap<>();

  public Listeners(EventLoopGroup loops, ILoggerFactory logs) {
    this.loops = loops;
    this.inherits = Transports.isNative(loops);
    this.log = logs.getLogger("leaf.listen");
  }

  /** At most this many client connections at once; more are closed as they come. */
  public void maxClients(int max) {
    maxClients = max;
  }

  /** Client connections held now. */
  public int clients() {
    return held.get();
  }

  /**
   * Binds what is not bound yet. Control thread only, one change at a time.
   *
   * @return completes when all binds have ended, whether or not they failed
   */
  public CompletableFuture<Staged> stage(List<Place> places) {
    Staged staged = new Staged();
    List<CompletableFuture<?>> binds = new ArrayList<>();
    for (Place place : places) {
      Listener kept = listening.get(place.key());
      if (kept != null) {
        staged.next.put(place.key(), kept);
      } else {
        binds.add(bind(place, staged));
      }
    }
    return CompletableFuture.allOf(binds.toArray(new CompletableFuture<?>[0]))
        .thenApply(done -> staged);
  }

  private CompletableFuture<Void> bind(Place place, Staged staged) {
    Listener listener = new Listener();
    staged.add(place, listener);
    if (!place.networks().contains(Network.TCP)) {
      return bindUdp(place, place.address(), listener, staged);
    }
    return bindTcp(place, listener, staged)
        .thenCompose(
            bound ->
                bound != null && place.networks().contains(Network.UDP)
                    ? bindUdp(place, bound, listener, staged)
                    : CompletableFuture.completedFuture(null));
  }

  /** Completes with the address, or null when it cannot be bound. */
  private CompletableFuture<@Nullable InetSocketAddress> bindTcp(
      Place place, Listener listener, Staged staged) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(Transports.serverSocketChannel(loops))
            .option(ChannelOption.SO_BACKLOG, 4096)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.AUTO_READ, false)
            .handler(new AcceptFailures())
            .childHandler(new Acceptor(listener));
    if (inherits) {
      bootstrap.option(StreamOptions.KEEP_ALIVE, 1);
    }
    if (place.device()) {
      bootstrap.option(EpollChannelOption.IP_FREEBIND, true);
    }
    return bound(
        bootstrap.bind(place.address()),
        place,
        Network.TCP,
        staged,
        channel -> {
          listener.tcp = channel;
        });
  }

  private CompletableFuture<Void> bindUdp(
      Place place, InetSocketAddress address, Listener listener, Staged staged) {
    EventLoop loop = loops.next();
    ChannelFuture future =
        new Bootstrap()
            .group(loop)
            .channel(Transports.datagramChannel(loop))
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM))
            .handler(new ChannelInboundHandlerAdapter()) // inbounds come and go
            .bind(address);
    return bound(
            future,
            place,
            Network.UDP,
            staged,
            channel -> {
              listener.udp = channel;
            })
        .thenApply(done -> null);
  }

  private static CompletableFuture<@Nullable InetSocketAddress> bound(
      ChannelFuture future, Place place, Network network, Staged staged, Consumer<Channel> socket) {
    CompletableFuture<@Nullable InetSocketAddress> bound = new CompletableFuture<>();
    future.addListener(
        done -> {
          if (done.isSuccess()) {
            socket.accept(future.channel());
            bound.complete((InetSocketAddress) future.channel().localAddress());
          } else {
            staged.failed(new Failure(place, network, done.cause()));
            bound.complete(null);
          }
        });
    return bound;
  }

  /** The address a place is bound to; null when it is not. Control thread only. */
  public @Nullable InetSocketAddress bound(Place place) {
    Listener listener = listening.get(place.key());
    return listener == null
        ? null
        : (InetSocketAddress) listener.sockets().getFirst().localAddress();
  }

  /** Stops accepting; connections go on. Control thread only. */
  public CompletableFuture<Void> close() {
    Map<Object, Listener> closing = listening;
    listening = new LinkedHashMap<>();
    return closeAll(closing.values());
  }

  /** Closes every client connection that is still there, sessions and handshakes alike. */
  public void closeClients() {
    clients.forEach(Channel::close);
  }

  private static CompletableFuture<Void> closeAll(Iterable<Listener> listeners) {
    List<CompletableFuture<?>> closes = new ArrayList<>();
    for (Listener listener : listeners) {
      for (Channel socket : listener.sockets()) {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        socket.close().addListener(done -> closed.complete(null));
        closes.add(closed);
      }
    }
    return CompletableFuture.allOf(closes.toArray(new CompletableFuture<?>[0]));
  }

  /** A change that is bound but not live. */
  public final class Staged {
    private final Map<Object, Listener> next = new LinkedHashMap<>();
    private final List<Listener> fresh = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();

    private Staged() {}

    private synchronized void add(Place place, Listener listener) {
      next.put(place.key(), listener);
      fresh.add(listener);
    }

    private synchronized void failed(Failure failure) {
      failures.add(failure);
    }

    public List<Failure> failures() {
      return failures;
    }

    /** Gives each place its inbound, starts the new sockets, closes those not needed any more. */
    public CompletableFuture<Void> commit(Map<Place, Inbound> inbounds) {
      List<Listener> gone = new ArrayList<>();
      List<CompletableFuture<?>> handed = new ArrayList<>();
      for (var e : listening.entrySet()) {
        if (next.get(e.getKey()) != e.getValue()) {
          gone.add(e.getValue());
        }
      }
      inbounds.forEach(
          (place, inbound) -> {
            Listener listener = next.get(place.key());
            if (listener != null) {
              handed.add(listener.serve(inbound));
            }
          });
      listening = next;
      for (Listener listener : fresh) {
        for (Channel socket : listener.sockets()) {
          // Behind what serve() had the loop do: nothing is read before somebody can take it.
          socket.eventLoop().execute(() -> socket.config().setAutoRead(true));
        }
      }
      handed.add(closeAll(gone));
      return CompletableFuture.allOf(handed.toArray(new CompletableFuture<?>[0]));
    }

    /** Closes what was bound for this change. */
    public CompletableFuture<Void> rollback() {
      return closeAll(fresh);
    }
  }

  /** Prepares each accepted connection and hands it to the listener's current inbound. */
  private final class Acceptor extends ChannelInitializer<Channel> {
    private final Listener listener;

    Acceptor(Listener listener) {
      this.listener = listener;
    }

    @Override
    protected void initChannel(Channel client) {
      Inbound inbound = listener.inbound;
      int now = held.incrementAndGet();
      clients.add(client);
      client
          .closeFuture()
          .addListener(
              closed -> {
                held.decrementAndGet();
                clients.remove(client);
              });
      if (inbound == null || now > maxClients) {
        if (now > maxClients) {
          refuse(client, now);
        }
        client.config().setOption(ChannelOption.SO_LINGER, 0);
        client.close();
        return;
      }
      if (client instanceof SocketChannel socket) {
        if (inherits) {
          StreamOptions.applyInherited(socket.config());
        } else {
          StreamOptions.apply(socket.config());
        }
      }
      client.pipeline().addLast("gate", new ReadGate()).addLast("end", StreamEnd.INSTANCE);
      inbound.accept(client);
    }

    private void refuse(Channel client, int now) {
      long suppressed = refusals.pass(client.eventLoop().ticker().nanoTime());
      if (suppressed >= 0) {
        log.warn(
            "refusing connections: {} are held and the limit is {} (max-connections, or the"
                + " process's descriptor limit); {} more were refused since the last such line",
            now - 1,
            maxClients,
            suppressed);
      }
    }
  }

  /** Out of descriptors and the like: Netty pauses accepting for a second, we say so. */
  @Sharable
  private final class AcceptFailures extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      long suppressed = acceptFailures.pass(ctx.channel().eventLoop().ticker().nanoTime());
      if (suppressed >= 0) {
        log.warn(
            "cannot accept on {}: {}; trying again in a second ({} more failures since the last"
                + " such line)",
            ctx.channel().localAddress(),
            cause.getMessage(),
            suppressed);
      }
      ctx.fireExceptionCaught(cause);
    }
  }
}
