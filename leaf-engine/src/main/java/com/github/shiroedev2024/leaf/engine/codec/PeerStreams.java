package com.github.shiroedev2024.leaf.engine.codec;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The client's end of an association over a protocol that ties a stream to one peer: the
 * association's own channel carries the first peer's datagrams, and each other peer gets a stream
 * of its own, {@link #MAX_STREAMS} at most; the one unused for longest makes room. The association
 * ends with its own channel. On the session's event loop.
 */
public final class PeerStreams extends ChannelDuplexHandler {
  /** Streams to further peers that one association may have at once. */
  public static final int MAX_STREAMS = 64;

  /** Datagrams that wait for a stream to open. */
  private static final int MAX_WAITING = 32;

  private final Destination first;
  private final Function<Destination, Future<Channel>> dial;
  private final Logger log;
  private final Map<Destination, Stream> streams = new LinkedHashMap<>(4, 0.75f, true);
  private final List<Channel> written = new ArrayList<>(2);
  private boolean closed;

  /**
   * @param first whose datagrams go on the association's own channel
   * @param dial opens the stream of another peer, packet codecs at its tail
   */
  public PeerStreams(Destination first, Function<Destination, Future<Channel>> dial, Logger log) {
    this.first = first;
    this.dial = dial;
    this.log = log;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (!(msg instanceof Datagram datagram) || datagram.peer().equals(first)) {
      ctx.write(msg, promise);
      return;
    }
    Stream stream = streams.get(datagram.peer());
    if (stream == null) {
      stream = open(ctx, datagram.peer());
    }
    stream.send(datagram);
    if (!promise.isVoid()) {
      promise.trySuccess();
    }
  }

  private Stream open(ChannelHandlerContext ctx, Destination peer) {
    if (streams.size() >= MAX_STREAMS) {
      var oldest = streams.entrySet().iterator();
      Stream least = oldest.next().getValue();
      oldest.remove();
      least.close();
    }
    Stream stream = new Stream(ctx, peer);
    streams.put(peer, stream);
    stream.open();
    return stream;
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    for (Channel channel : written) {
      channel.flush();
    }
    written.clear();
    ctx.flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    close();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    close();
  }

  private void close() {
    closed = true;
    List<Stream> all = List.copyOf(streams.values());
    streams.clear();
    written.clear();
    all.forEach(Stream::close);
  }

  /** The stream of one further peer. */
  private final class Stream extends ChannelInboundHandlerAdapter {
    private final ChannelHandlerContext association;
    private final Destination peer;
    private final ArrayDeque<Datagram> waiting = new ArrayDeque<>(2);
    private @Nullable Future<Channel> dialling;
    private @Nullable Channel channel;
    private boolean over;

    Stream(ChannelHandlerContext association, Destination peer) {
      this.association = association;
      this.peer = peer;
    }

    void open() {
      Future<Channel> future = dial.apply(peer);
      dialling = future;
      future.addListener(
          (Future<Channel> dialled) -> {
            if (!dialled.isSuccess()) {
              forget(String.valueOf(dialled.cause().getMessage()));
            } else if (over) {
              dialled.getNow().close();
            } else {
              begin(dialled.getNow());
            }
          });
    }

    private void begin(Channel opened) {
      channel = opened;
      opened.pipeline().addLast(this);
      opened.config().setAutoRead(true);
      for (Datagram next = waiting.poll(); next != null; next = waiting.poll()) {
        opened.write(next, opened.voidPromise());
      }
      opened.flush();
    }

    /** Takes ownership. */
    void send(Datagram datagram) {
      Channel to = channel;
      if (over || (to == null ? waiting.size() >= MAX_WAITING : !to.isWritable())) {
        datagram.release();
      } else if (to == null) {
        waiting.add(datagram);
      } else {
        to.write(datagram, to.voidPromise());
        if (!written.contains(to)) {
          written.add(to);
        }
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      if (closed) {
        ReferenceCountUtil.release(msg);
      } else {
        association.fireChannelRead(msg);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      if (!closed) {
        association.fireChannelReadComplete();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      forget("the server ended it");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      forget(String.valueOf(cause.getMessage()));
    }

    /** The stream is over by itself; the next datagram to its peer opens another. */
    private void forget(String why) {
      if (!over) {
        log.debug("no stream for the datagrams of {}: {}", peer, why);
        streams.remove(peer, this);
        close();
      }
    }

    void close() {
      over = true;
      for (Datagram next = waiting.poll(); next != null; next = waiting.poll()) {
        next.release();
      }
      Channel open = channel;
      if (open != null) {
        open.close();
      } else if (dialling != null) {
        dialling.cancel(false);
      }
    }
  }
}
