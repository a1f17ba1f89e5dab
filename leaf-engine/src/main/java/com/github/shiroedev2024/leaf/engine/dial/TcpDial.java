package com.github.shiroedev2024.leaf.engine.dial;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One dial over TCP: some addresses, a few of them tried at once, the first that connects wins and
 * the others are closed. All on the session's loop.
 *
 * <p>Where addresses of both IP versions are there, or can be asked for, a version that leads
 * nowhere must not cost more than a moment (RFC 8305): they take turns, and one more is tried at a
 * time whenever {@link #ATTEMPT_DELAY_MILLIS} have passed.
 */
final class TcpDial {
  /** Failed attempts that the message of the whole dial tells one by one. */
  private static final int TOLD = 4;

  /** The connection attempt delay that RFC 8305 section 8 recommends. */
  static final int ATTEMPT_DELAY_MILLIS = 250;

  private final Session session;
  private final Destination destination;
  private final List<InetAddress> addresses;
  private final int timeoutMillis;
  private final LocalBinding binding;
  private final Consumer<InetAddress> worked;
  private final boolean staggered;
  private @Nullable Supplier<Future<List<InetAddress>>> more;
  private final Promise<Channel> connected;
  private final long begun;
  private final List<Channel> open = new ArrayList<>(1);
  private final StringBuilder failures = new StringBuilder();
  private CloseReason reason = CloseReason.DIAL_FAILED;
  private @Nullable Future<?> delay;
  private boolean asking;
  private int allowed;
  private int next;
  private int running;
  private int failed;

  /**
   * @param addresses at least one
   * @param more asks for addresses of the other IP version when these seem to lead nowhere; null:
   *     there are none
   * @param worked told the address that connected
   */
  TcpDial(
      Session session,
      Destination destination,
      List<InetAddress> addresses,
      @Nullable Supplier<Future<List<InetAddress>>> more,
      int concurrency,
      int timeoutMillis,
      LocalBinding binding,
      Consumer<InetAddress> worked) {
    this.session = session;
    this.destination = destination;
    boolean both = addresses.stream().map(InetAddress::getClass).distinct().count() > 1;
    this.addresses = both ? takingTurns(addresses) : new ArrayList<>(addresses);
    this.more = more;
    this.staggered = both || more != null;
    this.allowed = concurrency;
    this.timeoutMillis = timeoutMillis;
    this.binding = binding;
    this.worked = worked;
    this.connected = session.loop().newPromise();
    this.begun = session.loop().ticker().nanoTime();
  }

  Future<Channel> start() {
    connected.addListener(done -> closeOthers());
    fill();
    if (staggered && !connected.isDone()) {
      await();
    }
    return connected;
  }

  /** RFC 8305 section 4: the first address's version, the other one, and so on. */
  private static List<InetAddress> takingTurns(List<InetAddress> addresses) {
    Class<?> firstKind = addresses.getFirst().getClass();
    ArrayDeque<InetAddress> first = new ArrayDeque<>();
    ArrayDeque<InetAddress> second = new ArrayDeque<>();
    addresses.forEach(a -> (a.getClass() == firstKind ? first : second).add(a));
    List<InetAddress> turns = new ArrayList<>(addresses.size());
    while (turns.size() < addresses.size()) {
      if (!first.isEmpty()) {
        turns.add(first.remove());
      }
      if (!second.isEmpty()) {
        turns.add(second.remove());
      }
    }
    return turns;
  }

  private void await() {
    delay = session.loop().schedule(this::oneMore, ATTEMPT_DELAY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void oneMore() {
    if (connected.isDone()) {
      return;
    }
    if (next < addresses.size()) {
      allowed = running + 1;
      fill();
    } else if (!asksForMore()) {
      return; // all are on their way
    }
    await();
  }

  /** Whether further addresses are on their way. */
  private boolean asksForMore() {
    Supplier<Future<List<InetAddress>>> source = more;
    if (source == null) {
      return asking;
    }
    more = null;
    asking = true;
    source
        .get()
        .addListener(
            (Future<List<InetAddress>> found) -> {
              asking = false;
              if (found.isSuccess()) {
                addresses.addAll(found.getNow());
                allowed = Math.max(allowed, running + 1);
              }
              fill();
            });
    return true;
  }

  private void fill() {
    while (!connected.isDone() && running < allowed && next < addresses.size()) {
      running++;
      attempt(addresses.get(next++));
    }
    if (running == 0 && next == addresses.size() && !connected.isDone() && !asksForMore()) {
      if (failed > TOLD) {
        failures.append(" and ").append(failed - TOLD).append(" more");
      }
      connected.tryFailure(new SessionException(reason, destination + ": " + failures));
    }
  }

  private void attempt(InetAddress address) {
    EventLoop loop = session.loop();
    SocketChannel channel;
    try {
      channel = Transports.newSocket(loop, address);
    } catch (ChannelException e) {
      failed(address, e);
      return;
    }
    open.add(channel);
    try {
      binding.mark(channel);
    } catch (ChannelException e) {
      open.remove(channel);
      channel.close();
      failed(address, e);
      return;
    }
    StreamOptions.apply(channel.config());
    channel.config().setAutoRead(false).setConnectTimeoutMillis(timeoutMillis);
    channel.pipeline().addLast(new ReadGate(), StreamEnd.INSTANCE);
    loop.register(channel)
        .addListener(
            registered -> {
              if (!registered.isSuccess()) {
                failed(channel, address, registered.cause());
              } else if (binding.applies(address)) {
                binding.bind(
                    channel,
                    address,
                    unbound -> {
                      if (unbound == null) {
                        connect(channel, address);
                      } else {
                        failed(channel, address, unbound);
                      }
                    });
              } else {
                connect(channel, address);
              }
            });
  }

  private void connect(SocketChannel channel, InetAddress address) {
    channel
        .connect(new InetSocketAddress(address, destination.port()))
        .addListener(
            done -> {
              if (done.isSuccess()) {
                won(channel, address);
              } else {
                failed(channel, address, done.cause());
              }
            });
  }

  private void won(SocketChannel channel, InetAddress address) {
    running--;
    open.remove(channel);
    if (connected.isDone()) {
      channel.close();
      return;
    }
    session.timings().connect(session.loop().ticker().nanoTime() - begun);
    worked.accept(address);
    if (!connected.trySuccess(channel)) {
      channel.close();
    }
  }

  private void failed(SocketChannel channel, InetAddress address, Throwable cause) {
    open.remove(channel);
    channel.close();
    running--;
    note(address, cause);
    fill();
  }

  /** No socket could be made; {@link #fill} is the caller and goes on by itself. */
  private void failed(InetAddress address, Throwable cause) {
    running--;
    note(address, cause);
  }

  private void note(InetAddress address, Throwable cause) {
    reason = DialFailure.reason(cause);
    if (failed++ < TOLD) {
      if (!failures.isEmpty()) {
        failures.append("; ");
      }
      failures.append(DialFailure.text(reason, cause));
      if (destination.isDomain()) {
        failures.append(" (").append(NetUtil.toAddressString(address)).append(')');
      }
    }
  }

  /** The dial is over, one way or another: what is still on its way is not wanted. */
  private void closeOthers() {
    Future<?> waiting = delay;
    if (waiting != null) {
      waiting.cancel(false);
    }
    for (Channel channel : List.copyOf(open)) {
      channel.close();
    }
  }
}
