package com.github.shiroedev2024.leaf.engine.dial;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Resolver;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Opens the UDP socket of one association. It is not connected, so that it can talk to any number
 * of peers, and of the IPv6 family, which carries IPv4 too, unless the machine has no IPv6.
 */
final class UdpSocket {
  /** The largest UDP payload over IPv4; a longer buffer would never be filled (RFC 768). */
  static final int MAX_PAYLOAD = 65_507;

  /** Bursts wait here while the loop is busy; the system may grant less. */
  private static final int RECEIVE_BUFFER = 512 * 1024;

  private UdpSocket() {}

  /**
   * @param address where {@code first} is
   */
  static Future<Channel> open(
      Session session,
      Destination first,
      InetAddress address,
      Resolver resolver,
      LocalBinding binding,
      Logger log) {
    EventLoop loop = session.loop();
    Promise<Channel> opened = loop.newPromise();
    boolean v6 = true;
    DatagramChannel channel;
    try {
      channel = Transports.newDatagramSocket(loop, SocketProtocolFamily.INET6);
    } catch (ChannelException | UnsupportedOperationException noIpv6) {
      v6 = false;
      try {
        channel = Transports.newDatagramSocket(loop, SocketProtocolFamily.INET);
      } catch (ChannelException e) {
        return opened.setFailure(failure(first, e));
      }
    }
    DatagramChannel socket = channel;
    try {
      binding.mark(socket);
    } catch (ChannelException e) {
      socket.close();
      return opened.setFailure(failure(first, e));
    }
    PeerAddressing peers = new PeerAddressing(resolver, v6, log);
    if (first.isDomain()) {
      peers.resolved(first, address);
    }
    socket.config().setAutoRead(false);
    socket.config().setBroadcast(true);
    socket.config().setReceiveBufferSize(RECEIVE_BUFFER);
    socket.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(MAX_PAYLOAD));
    socket.pipeline().addLast(peers);
    opened.addListener(
        done -> {
          if (!done.isSuccess()) {
            socket.close();
          }
        });
    Consumer<@Nullable Throwable> bound =
        cause -> {
          if (cause != null) {
            opened.tryFailure(failure(first, cause));
          } else if (!opened.trySuccess(socket)) {
            socket.close();
          }
        };
    InetSocketAddress wildcard = new InetSocketAddress(LocalBinding.any(v6), 0);
    loop.register(socket)
        .addListener(
            registered -> {
              if (!registered.isSuccess()) {
                bound.accept(registered.cause());
              } else if (binding.applies(address)) {
                binding.bind(socket, address, bound);
              } else {
                socket.bind(wildcard).addListener(done -> bound.accept(done.cause()));
              }
            });
    return opened;
  }

  private static SessionException failure(Destination first, Throwable cause) {
    CloseReason reason = DialFailure.reason(cause);
    return new SessionException(
        reason, first + ": no UDP socket: " + DialFailure.text(reason, cause), cause);
  }
}
