package com.github.shiroedev2024.leaf.engine.sniff;

import com.github.shiroedev2024.leaf.engine.dial.StreamEnd;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ClientReply;
import com.github.shiroedev2024.leaf.engine.spi.Sniffer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a client sends first until a sniffer has found the server's name in it, or none can;
 * then until the remote is connected, when all of it goes on, in order, with the end of the stream
 * if that has come.
 *
 * <p>It waits for {@link #SILENCE_MILLIS} after the last bytes, {@link #TOTAL_MILLIS} in all, for
 * {@link #MAX_READS} reads, and holds {@link #MAX_BYTES} and what the last read gave beyond. Then,
 * and when the client has nothing more to send, the session goes on without a name. A server that
 * speaks first is therefore heard so much later.
 *
 * <p>The inbound has told its client that it is connected, since only then it sends; that the
 * remote cannot be reached is told by a reset.
 */
public final class FirstBytes extends ChannelInboundHandlerAdapter implements ClientReply {
  /** How long a client may be silent. */
  static final int SILENCE_MILLIS = 100;

  /** How long it may take in all. */
  static final int TOTAL_MILLIS = 300;

  /** A client's first TLS message is one segment or two, some 2,000 bytes. */
  static final int MAX_BYTES = 16 * 1024;

  /** Each read is a look at all bytes, so a trickle must not make too many. */
  static final int MAX_READS = 64;

  private enum State {
    /** The inbound's own handlers are still there and may pass bytes on. */
    ENTERING,
    LOOKING,
    /** Waits for the remote. */
    CONNECTING,
    /** Handed over, or closed. */
    DONE
  }

  private final Session session;
  private final Channel client;
  private final List<Sniffer> sniffers;
  private final Consumer<FirstBytes> next;
  private State state = State.ENTERING;
  private @Nullable ByteBuf held;
  private @Nullable Future<?> timer;
  private long deadline;
  private int reads;
  private boolean inputEnded;

  private FirstBytes(
      Session session, Channel client, List<Sniffer> sniffers, Consumer<FirstBytes> next) {
    this.session = session;
    this.client = client;
    this.sniffers = sniffers;
    this.next = next;
  }

  /**
   * Adds itself to the end of the client's pipeline. On the session's loop.
   *
   * @param next connects the session, whose name is noted, and answers to the handler; not called
   *     when it has ended
   */
  public static FirstBytes install(
      Session session, Channel client, List<Sniffer> sniffers, Consumer<FirstBytes> next) {
    FirstBytes bytes = new FirstBytes(session, client, sniffers, next);
    client.pipeline().addLast("sniff", bytes);
    session.onEnd(
        reason -> {
          bytes.stop();
          StreamEnd.reset(client);
        });
    return bytes;
  }

  /** Starts looking; the inbound's own handlers have gone. */
  public void begin() {
    if (session.closeReason() != null) {
      return;
    }
    if (!client.isActive()) {
      session.end(CloseReason.CLIENT_GONE, null);
      return;
    }
    state = State.LOOKING;
    deadline = session.loop().ticker().nanoTime() + TimeUnit.MILLISECONDS.toNanos(TOTAL_MILLIS);
    look();
    if (state == State.LOOKING) {
      client.config().setAutoRead(true);
    }
  }

  private void look() {
    ByteBuf bytes = held;
    boolean more = !inputEnded;
    if (bytes != null) {
      more &= ++reads < MAX_READS && bytes.readableBytes() < MAX_BYTES;
      boolean undecided = false;
      ByteBuf seen = bytes.slice(bytes.readerIndex(), Math.min(bytes.readableBytes(), MAX_BYTES));
      for (Sniffer sniffer : sniffers) {
        Sniffer.Verdict verdict = sniffer.look(seen);
        if (verdict instanceof Sniffer.Verdict.Name found) {
          session.named(sniffer.origin(), found.name());
          connect();
          return;
        }
        undecided |= verdict == Sniffer.Verdict.Nameless.MORE;
      }
      more &= undecided;
    }
    if (more) {
      await();
    } else {
      connect();
    }
  }

  private void await() {
    stop();
    long left = deadline - session.loop().ticker().nanoTime();
    long patience = Math.min(left, TimeUnit.MILLISECONDS.toNanos(SILENCE_MILLIS));
    timer = session.loop().schedule(this::connect, Math.max(0, patience), TimeUnit.NANOSECONDS);
  }

  private void connect() {
    stop();
    if (session.closeReason() != null) {
      return; // the client is being closed
    }
    state = State.CONNECTING;
    client.config().setAutoRead(false);
    next.accept(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf bytes) || state == State.DONE) {
      ReferenceCountUtil.release(msg);
      return;
    }
    if (!bytes.isReadable()) {
      bytes.release();
      return;
    }
    ByteBuf before = held;
    held =
        before == null
            ? bytes
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), before, bytes);
    if (state == State.LOOKING) {
      look();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event != ChannelInputShutdownEvent.INSTANCE) {
      ctx.fireUserEventTriggered(event);
      return;
    }
    inputEnded = true;
    if (state == State.LOOKING) {
      connect();
    }
  }

  @Override
  public void granted(Channel toClient, Channel remote) {
    ChannelHandlerContext ctx = client.pipeline().context(this);
    state = State.DONE;
    if (ctx != null) {
      client.pipeline().remove(this);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    stop();
    ByteBuf early = held;
    held = null;
    if (early != null) {
      ctx.fireChannelRead(early);
      ctx.fireChannelReadComplete();
    }
    if (inputEnded) {
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  @Override
  public void refused(Channel toClient, SessionException cause) {
    stop();
    StreamEnd.reset(client);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stop();
    ByteBuf rest = held;
    held = null;
    if (rest != null) {
      rest.release();
    }
    state = State.DONE;
    session.end(CloseReason.CLIENT_GONE, null);
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    SessionException failure = SessionException.of(cause, CloseReason.CLIENT_RESET);
    session.end(failure.reason(), failure.getMessage());
    ctx.close();
  }

  private void stop() {
    Future<?> running = timer;
    if (running != null) {
      timer = null;
      running.cancel(false);
    }
  }
}
