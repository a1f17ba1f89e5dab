package com.github.shiroedev2024.leaf.engine.transport.amux;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection's pipeline, with the streams on it. Everything happens on the
 * connection's loop.
 *
 * <p>Back-pressure: a stream whose {@code streamLimit} pieces of received data wait stops all
 * reading from the connection. Streams that have something to send while the connection cannot be
 * written wait in line, each for its turn.
 */
abstract class AmuxConnection extends ChannelInboundHandlerAdapter implements AmuxFrames.Receiver {
  private final Channel channel;
  private final String peer;
  private final CloseReason lost;
  private final int streamLimit;
  private final AmuxFrames frames = new AmuxFrames();
  private final IntObjectMap<AmuxStream> streams = new IntObjectHashMap<>(4);
  private final ArrayDeque<AmuxStream> waiting = new ArrayDeque<>(4);
  private final List<AmuxStream> received = new ArrayList<>(4);
  private long receivedBytes;
  private int full;
  private boolean ended;

  /**
   * @param channel what is below
   * @param peer for messages
   * @param lost the reason for streams when the connection ends under them
   */
  AmuxConnection(Channel channel, String peer, CloseReason lost, int streamLimit) {
    this.channel = channel;
    this.peer = peer;
    this.lost = lost;
    this.streamLimit = streamLimit;
  }

  /** A frame for an id that no stream has; null drops what it carries. */
  abstract @Nullable AmuxStream unseen(int id);

  /** A stream that {@link #streams} had is no more. */
  abstract void streamGone(AmuxStream stream);

  /** The connection is no more, and no stream is left on it. */
  abstract void connectionGone();

  /** The bytes are no frames; answers whether to end the connection, else it is drained. */
  abstract boolean endsWhenMalformed();

  final Channel channel() {
    return channel;
  }

  /** How many streams there are now. */
  final int streams() {
    return streams.size();
  }

  final boolean hasEnded() {
    return ended;
  }

  /** Bytes that came, frames and data. */
  final long receivedBytes() {
    return receivedBytes;
  }

  /** Pieces of received data that may wait on one stream. */
  final int streamLimit() {
    return streamLimit;
  }

  final @Nullable AmuxStream stream(int id) {
    return streams.get(id);
  }

  /** Makes a stream on this connection's loop; {@code prepare} sets its pipeline up. */
  final AmuxStream add(int id, Consumer<AmuxStream> prepare) {
    AmuxStream stream = new AmuxStream(this, id);
    streams.put(id, stream);
    prepare.accept(stream);
    channel.eventLoop().register(stream);
    return stream;
  }

  // What comes from the connection.

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf bytes) || ended) {
      ReferenceCountUtil.release(msg);
      return;
    }
    receivedBytes += bytes.readableBytes();
    try {
      frames.read(bytes, this);
    } catch (AmuxFrames.MalformedException e) {
      if (endsWhenMalformed()) {
        end(new SessionException(CloseReason.PROTOCOL_ERROR, peer + ": " + e.getMessage()));
      } else {
        ended = true;
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    while (!received.isEmpty()) {
      received.removeLast().receivedAll();
    }
  }

  @Override
  public void data(int id, ByteBuf bytes) {
    AmuxStream stream = streamOrNew(id);
    if (stream == null) {
      bytes.release();
      return;
    }
    if (stream.receive(bytes)) {
      received.add(stream);
    }
  }

  @Override
  public void end(int id, boolean opens) {
    AmuxStream stream = opens ? streamOrNew(id) : streams.get(id);
    if (stream == null) {
      finForUnknown(id);
    } else if (stream.receiveEnd()) {
      received.add(stream);
    }
  }

  /** A FIN came for an id that no stream has. */
  void finForUnknown(int id) {}

  private @Nullable AmuxStream streamOrNew(int id) {
    if (ended) {
      return null; // by a stream, while one read was taken apart
    }
    AmuxStream stream = streams.get(id);
    return stream == null ? unseen(id) : stream;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      lost("the connection ended");
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    lost("the connection was closed");
    connectionGone();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    end(SessionException.of(cause, lost));
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    for (int turns = waiting.size(); turns > 0 && channel.isWritable(); turns--) {
      AmuxStream next = waiting.poll();
      if (next != null) {
        next.resumeWrites();
      }
    }
  }

  private void lost(String how) {
    end(new SessionException(lost, peer + ": " + how + ", and its streams with it"));
  }

  /** Ends the connection, and each stream on it with this failure. */
  final void end(SessionException cause) {
    if (!ended) {
      ended = true;
      for (AmuxStream stream : List.copyOf(streams.values())) {
        stream.connectionEnded(cause);
      }
    }
    channel.close();
  }

  // What streams want.

  final boolean writable() {
    return channel.isWritable();
  }

  /** Takes ownership of 1 to {@link AmuxFrames#MAX_DATA} bytes. */
  final void writeData(int id, ByteBuf bytes) {
    channel.write(
        AmuxFrames.stream(channel.alloc(), id, bytes.readableBytes()), channel.voidPromise());
    channel.write(bytes, channel.voidPromise());
  }

  final void writeFin(int id) {
    channel.write(AmuxFrames.fin(channel.alloc(), id), channel.voidPromise());
  }

  final void flush() {
    channel.flush();
  }

  /** Calls the stream back when the connection can be written again. */
  final void awaitWritable(AmuxStream stream) {
    waiting.add(stream);
  }

  /** A stream's queue of received data has become full, or is not full any more. */
  final void full(boolean becomes) {
    full += becomes ? 1 : -1;
    if (!ended && channel.isOpen() && full == (becomes ? 1 : 0)) {
      channel.config().setAutoRead(!becomes);
    }
  }

  final void closed(AmuxStream stream) {
    if (streams.remove(stream.streamId(), stream)) {
      waiting.remove(stream);
      streamGone(stream);
    }
  }
}
