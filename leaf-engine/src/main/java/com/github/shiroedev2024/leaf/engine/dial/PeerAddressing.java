package com.github.shiroedev2024.leaf.engine.dial;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.AddressesOnly;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.Resolver;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Turns {@link Datagram}s into the socket's packets and back. Names are looked up once per
 * association, and what then comes from such an address is reported as coming from the name, since
 * that is whom the client has talked to. Peers are remembered up to a bound, the least recently
 * used go first.
 *
 * <p>One datagram that cannot be sent is lost, as on any network; the association goes on.
 */
final class PeerAddressing extends ChannelDuplexHandler implements AddressesOnly {
  /** Peers remembered in each direction; a client with more only pays for the conversion again. */
  private static final int MAX_PEERS = 256;

  /** Datagrams, and their bytes, that wait for lookups. */
  private static final int MAX_WAITING = 64;

  private static final int MAX_WAITING_BYTES = 256 * 1024;

  /** Below this share of the receive buffer's capacity a datagram moves to a buffer of its size. */
  private static final int ROOMY = 2;

  private record Waiting(Datagram datagram, ChannelPromise promise) {}

  private final Resolver resolver;
  private final boolean v6;
  private final Logger log;
  private final Map<Destination, InetSocketAddress> targets = lru();
  private final Map<InetSocketAddress, Destination> sources = lru();
  private final Map<String, List<Waiting>> waiting = new HashMap<>(2);
  private final List<Future<?>> lookups = new ArrayList<>(1);
  private int waitingCount;
  private int waitingBytes;

  // The peer of the last datagram is most often that of the next.
  private @Nullable Destination lastPeer;
  private @Nullable InetSocketAddress lastTarget;
  private @Nullable InetSocketAddress lastSender;
  private @Nullable Destination lastSource;

  /**
   * @param v6 whether the socket can send to IPv6 addresses
   */
  PeerAddressing(Resolver resolver, boolean v6, Logger log) {
    this.resolver = resolver;
    this.v6 = v6;
    this.log = log;
  }

  /** Notes where a name is. */
  void resolved(Destination name, InetAddress address) {
    InetSocketAddress target = new InetSocketAddress(address, name.port());
    targets.put(name, target);
    sources.put(target, name);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (!(msg instanceof Datagram datagram)) {
      ctx.write(msg, promise);
      return;
    }
    Destination peer = datagram.peer();
    InetSocketAddress target = peer.equals(lastPeer) ? lastTarget : target(peer);
    if (target == null) {
      await(ctx, datagram, promise);
      return;
    }
    lastPeer = peer;
    lastTarget = target;
    send(ctx, datagram, target, promise);
  }

  private @Nullable InetSocketAddress target(Destination peer) {
    InetSocketAddress target = targets.get(peer);
    if (target == null && !peer.isDomain()) {
      target = peer.socketAddress();
      targets.put(peer, target);
    }
    if (target != null && !peer.equals(sources.put(target, peer))) {
      lastSender = null;
    }
    return target;
  }

  private void send(
      ChannelHandlerContext ctx,
      Datagram datagram,
      InetSocketAddress target,
      ChannelPromise promise) {
    if (!v6 && target.getAddress() instanceof Inet6Address) {
      drop(
          datagram,
          promise,
          new SessionException(
              CloseReason.UNREACHABLE, datagram.peer() + ": this machine has no IPv6"));
      return;
    }
    if (!datagram.content().isReadable()) {
      sendEmpty(ctx, datagram, target, promise);
      return;
    }
    // The packet takes over the content that the datagram owned.
    ChannelPromise sent = promise.unvoid();
    if (log.isDebugEnabled()) {
      sent.addListener(
          done -> {
            if (!done.isSuccess()) {
              log.debug("a datagram to {} was not sent: {}", target, done.cause().toString());
            }
          });
    }
    ctx.write(new DatagramPacket(datagram.content(), target), sent);
  }

  private void sendEmpty(
      ChannelHandlerContext ctx,
      Datagram datagram,
      InetSocketAddress target,
      ChannelPromise promise) {
    ctx.flush(); // it comes behind what was written before
    try {
      Transports.sendEmpty(ctx.channel(), target);
      datagram.release();
      promise.trySuccess();
    } catch (IOException e) {
      drop(datagram, promise, e);
    }
  }

  private void await(ChannelHandlerContext ctx, Datagram datagram, ChannelPromise promise) {
    int bytes = datagram.content().readableBytes();
    if (waitingCount == MAX_WAITING || waitingBytes + bytes > MAX_WAITING_BYTES) {
      drop(
          datagram,
          promise,
          new SessionException(
              CloseReason.LIMIT, datagram.peer() + ": too many datagrams wait for lookups"));
      return;
    }
    waitingCount++;
    waitingBytes += bytes;
    String name = datagram.peer().host();
    List<Waiting> same = waiting.get(name);
    if (same != null) {
      same.add(new Waiting(datagram, promise));
      return;
    }
    same = new ArrayList<>(2);
    same.add(new Waiting(datagram, promise));
    waiting.put(name, same);
    Future<List<InetAddress>> lookup =
        resolver.resolve(name, Resolver.Lookup.DIRECT, ctx.channel().eventLoop());
    lookups.add(lookup);
    lookup.addListener(
        (Future<List<InetAddress>> found) -> {
          lookups.remove(found);
          release(ctx, name, found);
        });
  }

  private void release(ChannelHandlerContext ctx, String name, Future<List<InetAddress>> found) {
    List<Waiting> same = waiting.remove(name);
    if (same == null) {
      return; // the socket was closed meanwhile
    }
    InetAddress address = found.isSuccess() ? usable(found.getNow()) : null;
    for (Waiting w : same) {
      waitingCount--;
      waitingBytes -= w.datagram.content().readableBytes();
      if (address == null) {
        drop(
            w.datagram,
            w.promise,
            found.isSuccess()
                ? new SessionException(
                    CloseReason.UNREACHABLE, name + " has IPv6 addresses only, the machine none")
                : found.cause());
      } else {
        resolved(w.datagram.peer(), address);
        lastSender = null;
        send(ctx, w.datagram, new InetSocketAddress(address, w.datagram.peer().port()), w.promise);
      }
    }
    ctx.flush();
  }

  private @Nullable InetAddress usable(List<InetAddress> addresses) {
    for (InetAddress a : addresses) {
      if (v6 || !(a instanceof Inet6Address)) {
        return a;
      }
    }
    return null;
  }

  private void drop(Datagram datagram, ChannelPromise promise, Throwable cause) {
    log.debug("a datagram to {} was dropped: {}", datagram.peer(), cause.getMessage());
    datagram.release();
    promise.tryFailure(cause);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof DatagramPacket packet)) {
      ctx.fireChannelRead(msg);
      return;
    }
    InetSocketAddress sender = packet.sender();
    Destination source;
    if (sender.equals(lastSender) && lastSource != null) {
      source = lastSource;
    } else {
      source = sources.get(sender);
      if (source == null) {
        source = Destination.of(sender);
        sources.put(sender, source);
      }
      lastSender = sender;
      lastSource = source;
    }
    ctx.fireChannelRead(new Datagram(source, fitting(ctx, packet.content())));
  }

  /** A small datagram must not hold a whole receive buffer while it waits somewhere. */
  private static ByteBuf fitting(ChannelHandlerContext ctx, ByteBuf received) {
    int length = received.readableBytes();
    if (length * ROOMY > received.capacity()) {
      return received;
    }
    try {
      return ctx.alloc().buffer(length, length).writeBytes(received);
    } finally {
      received.release();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException) {
      // ICMP told that an earlier datagram did not arrive. Others still may.
      log.debug("{}: {}", ctx.channel(), cause.toString());
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    for (Future<?> lookup : List.copyOf(lookups)) {
      lookup.cancel(false);
    }
    SessionException closed = new SessionException(CloseReason.FINISHED, "the socket was closed");
    List<List<Waiting>> left = List.copyOf(waiting.values());
    waiting.clear();
    for (List<Waiting> same : left) {
      for (Waiting w : same) {
        ReferenceCountUtil.release(w.datagram);
        w.promise.tryFailure(closed);
      }
    }
  }

  private static <K, V> Map<K, V> lru() {
    return new LinkedHashMap<>(4, 0.75f, true) {
      private static final long serialVersionUID = 1;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > MAX_PEERS;
      }
    };
  }
}
