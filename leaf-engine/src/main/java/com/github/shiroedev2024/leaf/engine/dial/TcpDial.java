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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One dial over TCP: some addresses, a few of them tried at once, the first that connects wins and
 * the others are closed. All on the session's loop.
 */
final class TcpDial {
  /** Failed attempts that the message of the whole dial tells one by one. */
  private static final int TOLD = 4;

  private final Session session;
  private final Destination destination;
  private final List<InetAddress> addresses;
  private final int concurrency;
  private final int timeoutMillis;
  private final LocalBinding binding;
  private final Consumer<InetAddress> worked;
  private final Promise<Channel> connected;
  private final long begun;
  private final List<Channel> open = new ArrayList<>(1);
  private final StringBuilder failures = new StringBuilder();
  private CloseReason reason = CloseReason.DIAL_FAILED;
  private int next;
  private int running;
  private int failed;

  /**
   * @param addresses at least one
   * @param worked told the address that connected
   */
  TcpDial(
      Session session,
      Destination destination,
      List<InetAddress> addresses,
      int concurrency,
      int timeoutMillis,
      LocalBinding binding,
      Consumer<InetAddress> worked) {
    this.session = session;
    this.destination = destination;
    this.addresses = addresses;
    this.concurrency = concurrency;
    this.timeoutMillis = timeoutMillis;
    this.binding = binding;
    this.worked = worked;
    this.connected = session.loop().newPromise();
    this.begun = session.loop().ticker().nanoTime();
  }

  Future<Channel> start() {
    connected.addListener(done -> closeOthers());
    fill();
    return connected;
  }

  private void fill() {
    while (!connected.isDone() && running < concurrency && next < addresses.size()) {
      running++;
      attempt(addresses.get(next++));
    }
    if (running == 0 && next == addresses.size() && !connected.isDone()) {
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
    for (Channel channel : List.copyOf(open)) {
      channel.close();
    }
  }
}
