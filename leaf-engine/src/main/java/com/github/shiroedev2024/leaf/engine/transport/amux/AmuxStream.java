package com.github.shiroedev2024.leaf.engine.transport.amux;

import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One stream as a channel of its own, child of the connection's. It is open from the start. Bytes
 * that the connection cannot take wait in its own outbound buffer, so its writability tells the
 * truth. Closing it before its end was written writes the end: AMux has no reset.
 */
final class AmuxStream extends AbstractChannel {
  private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

  private final AmuxConnection connection;
  private final int streamId;
  private final ChannelConfig config =
      new DefaultChannelConfig(this) {
        @Override
        protected void autoReadCleared() {
          asked = false;
        }
      };

  /** What came and nobody has asked for: data, and at last the event that tells of its end. */
  private final ArrayDeque<Object> queue = new ArrayDeque<>(4);

  private boolean asked;
  private boolean passing;
  private boolean passed;
  private boolean noted;
  private boolean full;
  private boolean waiting;
  private boolean inputEnded;
  private boolean outputEnded;
  private boolean closed;

  AmuxStream(AmuxConnection connection, int streamId) {
    super(connection.channel());
    this.connection = connection;
    this.streamId = streamId;
  }

  int streamId() {
    return streamId;
  }

  /** Whether the peer has ended its direction. */
  boolean inputEnded() {
    return inputEnded;
  }

  // Receiving.

  /**
   * Takes ownership of data from the peer.
   *
   * @return true when {@link #receivedAll} must be called once the connection's read is over
   */
  boolean receive(ByteBuf bytes) {
    if (closed || inputEnded) {
      bytes.release();
      return false;
    }
    return enqueue(bytes);
  }

  /** The peer has ended its direction; answers as {@link #receive}. */
  boolean receiveEnd() {
    if (closed || inputEnded) {
      return false;
    }
    inputEnded = true;
    return enqueue(ChannelInputShutdownEvent.INSTANCE);
  }

  private boolean enqueue(Object item) {
    queue.add(item);
    if (!passing) {
      passing = true;
      try {
        passOn();
      } finally {
        passing = false;
      }
    }
    boolean first = !noted;
    noted = true;
    return first;
  }

  /** One read of the connection is over. */
  void receivedAll() {
    noted = false;
    if (closed) {
      return;
    }
    if (passed && !passing) {
      passed = false;
      pipeline().fireChannelReadComplete();
    }
    measure();
  }

  @Override
  protected void doBeginRead() {
    asked = true;
    if (passing) {
      return; // the loop below sees it
    }
    passing = true;
    try {
      while (asked && !queue.isEmpty()) {
        passOn();
        passed = false;
        pipeline().fireChannelReadComplete();
      }
    } finally {
      passing = false;
    }
    measure();
  }

  /** Passes on what was asked for: one piece, or all while {@code autoRead} is on. */
  private void passOn() {
    while (asked && !queue.isEmpty()) {
      Object next = queue.poll();
      passed = true;
      if (next == ChannelInputShutdownEvent.INSTANCE) {
        pipeline().fireUserEventTriggered(next);
        return;
      }
      asked = config.isAutoRead();
      pipeline().fireChannelRead(next);
    }
  }

  /** Stops the connection's reading, or lets it go on. */
  private void measure() {
    boolean is = !closed && queue.size() >= connection.streamLimit();
    if (is != full) {
      full = is;
      connection.full(is);
    }
  }

  // Sending.

  @Override
  protected Object filterOutboundMessage(Object msg) {
    if (msg instanceof ByteBuf || msg == EndOfStream.INSTANCE) {
      return msg;
    }
    throw new UnsupportedOperationException("a stream carries bytes, not " + msg.getClass());
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer pending) throws ClosedChannelException {
    boolean wrote = false;
    for (Object msg = pending.current(); msg != null; msg = pending.current()) {
      if (connection.hasEnded()) {
        throw new ClosedChannelException();
      }
      if (outputEnded) {
        pending.remove(new ClosedChannelException());
        continue;
      }
      if (!connection.writable() && wrote) {
        wrote = false;
        connection.flush();
      }
      if (!connection.writable()) {
        if (!waiting) {
          waiting = true;
          connection.awaitWritable(this);
        }
        return;
      }
      wrote = true;
      if (msg instanceof ByteBuf bytes) {
        write(bytes);
      } else {
        outputEnded = true;
        connection.writeFin(streamId);
      }
      pending.remove();
    }
    if (wrote) {
      connection.flush();
    }
  }

  private void write(ByteBuf bytes) {
    // A frame without data would tell the peer that the stream has ended.
    while (bytes.readableBytes() > AmuxFrames.MAX_DATA) {
      connection.writeData(streamId, bytes.readRetainedSlice(AmuxFrames.MAX_DATA));
    }
    if (bytes.isReadable()) {
      connection.writeData(streamId, bytes.retainedSlice());
    }
  }

  /** The connection can be written again. */
  void resumeWrites() {
    waiting = false;
    ((StreamUnsafe) unsafe()).resume();
  }

  // Ending.

  /** The connection has ended under the stream. */
  void connectionEnded(SessionException cause) {
    if (inputEnded && outputEnded) {
      return; // all there is has come, and is passed on when it is asked for
    }
    pipeline().fireExceptionCaught(cause);
    close();
  }

  @Override
  protected void doClose() {
    closed = true;
    for (Object item = queue.poll(); item != null; item = queue.poll()) {
      ReferenceCountUtil.release(item);
    }
    measure();
    if (!outputEnded && !connection.hasEnded()) {
      outputEnded = true;
      connection.writeFin(streamId);
      connection.flush();
    }
    connection.closed(this);
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  // What a channel must say of itself.

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public boolean isActive() {
    return !closed;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new StreamUnsafe();
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return loop == parent().eventLoop();
  }

  /** None of its own: the parent's says where the connection goes. */
  @Override
  protected @Nullable SocketAddress localAddress0() {
    return null;
  }

  @Override
  protected @Nullable SocketAddress remoteAddress0() {
    return null;
  }

  @Override
  protected void doBind(SocketAddress address) {
    throw new UnsupportedOperationException("a stream has no address");
  }

  private final class StreamUnsafe extends AbstractUnsafe {
    @Override
    public void connect(
        SocketAddress remote, @Nullable SocketAddress local, ChannelPromise promise) {
      promise.tryFailure(new UnsupportedOperationException("a stream is connected from the start"));
    }

    void resume() {
      flush0();
    }
  }
}
