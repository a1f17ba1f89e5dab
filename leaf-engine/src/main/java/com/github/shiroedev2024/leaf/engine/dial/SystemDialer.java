package com.github.shiroedev2024.leaf.engine.dial;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions.DialOrder;
import com.github.shiroedev2024.leaf.engine.spi.Resolver;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * The system's own sockets. Names are looked up directly; a name's addresses are tried in the
 * configured order, a few at once, each for at most {@link EngineOptions#OUTBOUND_DIAL_TIMEOUT} (0:
 * as long as the system tries).
 *
 * <p>Failures are {@code SessionException}s: {@code REFUSED}, {@code UNREACHABLE}, {@code
 * DIAL_TIMEOUT}, {@code RESOLVE_FAILED}, {@code LIMIT} when no descriptor is left, else {@code
 * DIAL_FAILED}. With several addresses the reason is that of the last one.
 */
public final class SystemDialer implements Dialer {
  private final Resolver resolver;
  private final DialOrder order;
  private final int concurrency;
  private final int timeoutMillis;
  private final boolean bothVersions;
  private final LocalBinding binding;
  private final Logger log;

  public SystemDialer(Resolver resolver, EngineOptions options, ILoggerFactory logs) {
    this.resolver = resolver;
    this.order = options.get(EngineOptions.OUTBOUND_DIAL_ORDER);
    this.concurrency = options.get(EngineOptions.OUTBOUND_DIAL_CONCURRENCY);
    Duration timeout = options.get(EngineOptions.OUTBOUND_DIAL_TIMEOUT);
    this.timeoutMillis = (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE);
    this.bothVersions = options.get(EngineOptions.ENABLE_IPV6);
    this.binding = new LocalBinding(options);
    this.log = logs.getLogger(SystemDialer.class.getName());
  }

  private SystemDialer(SystemDialer like, LocalBinding binding) {
    this.resolver = like.resolver;
    this.order = like.order;
    this.concurrency = like.concurrency;
    this.timeoutMillis = like.timeoutMillis;
    this.bothVersions = like.bothVersions;
    this.binding = binding;
    this.log = like.log;
  }

  /** As this one, with sockets bound to the first of these that works, not as the options say. */
  public SystemDialer boundTo(List<String> interfaces) {
    return new SystemDialer(this, binding.to(interfaces));
  }

  @Override
  public boolean isSystem() {
    return true;
  }

  @Override
  public Future<Channel> dial(Session session, Destination destination) {
    InetAddress address = destination.address();
    if (address != null) {
      return tcp(session, destination, List.of(address)).start();
    }
    return resolved(
        session,
        destination,
        addresses -> tcp(session, destination, ordered(addresses, order)).start());
  }

  private TcpDial tcp(Session session, Destination destination, List<InetAddress> addresses) {
    return new TcpDial(
        session,
        destination,
        addresses,
        otherVersion(session, destination, addresses),
        concurrency,
        timeoutMillis,
        binding,
        address -> {
          if (destination.isDomain()) {
            resolver.worked(destination.host(), address);
          }
        });
  }

  /**
   * How to get the addresses that a look-up left out since those of the preferred IP version were
   * there first; null when there is no other version, or nothing is left out.
   */
  private @Nullable Supplier<Future<List<InetAddress>>> otherVersion(
      Session session, Destination destination, List<InetAddress> addresses) {
    boolean six = addresses.getFirst() instanceof Inet6Address;
    if (!bothVersions
        || !destination.isDomain()
        || addresses.stream().anyMatch(a -> a instanceof Inet6Address != six)) {
      return null;
    }
    return () -> resolver.resolve(destination.host(), !six, Resolver.Lookup.DIRECT, session.loop());
  }

  @Override
  public Future<Channel> associate(Session session, Destination first) {
    InetAddress address = first.address();
    if (address != null) {
      return UdpSocket.open(session, first, address, resolver, binding, log);
    }
    return resolved(
        session,
        first,
        addresses -> UdpSocket.open(session, first, addresses.getFirst(), resolver, binding, log));
  }

  /** Looks the destination's name up, then opens; cancelling reaches whichever is going on. */
  private Future<Channel> resolved(
      Session session, Destination destination, Function<List<InetAddress>, Future<Channel>> open) {
    Promise<Channel> result = session.loop().newPromise();
    long begun = session.loop().ticker().nanoTime();
    Future<List<InetAddress>> lookup =
        resolver.resolve(destination.host(), Resolver.Lookup.DIRECT, session.loop());
    result.addListener(
        done -> {
          if (done.isCancelled()) {
            lookup.cancel(false);
          }
        });
    lookup.addListener(
        (Future<List<InetAddress>> found) -> {
          if (result.isDone()) {
            return;
          }
          session.timings().dns(session.loop().ticker().nanoTime() - begun);
          if (!found.isSuccess()) {
            result.tryFailure(SessionException.of(found.cause(), CloseReason.RESOLVE_FAILED));
            return;
          }
          Future<Channel> opening = open.apply(found.getNow());
          result.addListener(
              done -> {
                if (done.isCancelled()) {
                  opening.cancel(false);
                }
              });
          opening.addListener(
              (Future<Channel> opened) -> {
                if (!opened.isSuccess()) {
                  result.tryFailure(opened.cause());
                } else if (!result.trySuccess(opened.getNow())) {
                  opened.getNow().close();
                }
              });
        });
    return result;
  }

  /** The addresses in the order to try them: as given, shuffled, or shuffled behind the first. */
  public static List<InetAddress> ordered(List<InetAddress> addresses, DialOrder order) {
    if (order == DialOrder.ORDERED || addresses.size() < 2) {
      return addresses;
    }
    List<InetAddress> mixed = new ArrayList<>(addresses);
    List<InetAddress> part = order == DialOrder.RANDOM ? mixed : mixed.subList(1, mixed.size());
    Collections.shuffle(part, ThreadLocalRandom.current());
    return mixed;
  }
}
