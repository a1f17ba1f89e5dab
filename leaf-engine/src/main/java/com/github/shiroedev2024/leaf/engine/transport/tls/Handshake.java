package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ApplicationProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Drives an engine through its handshake, record by record, then gives its place to a {@link
 * TlsStream}. Never does the engine see a record behind the handshake: those are for the stream,
 * whose directions end one by one.
 */
final class Handshake extends ChannelInboundHandlerAdapter {
  /** What becomes of a handshake; called once. */
  interface Outcome {
    /** The stream is ready; nothing that the peer sent behind the handshake was passed on yet. */
    void done(Channel channel);

    /**
     * It failed. The alert that tells the peer is on its way, and nobody reads the channel any
     * more.
     */
    void failed(Channel channel, SessionException cause);
  }

  private static final int HEADER = 5;

  /** The most a record holds: plaintext and what older versions may add to it (RFC 5246, 6.2.3). */
  private static final int MAX_RECORD = (1 << 14) + 2048;

  /** Alert, fatal, protocol_version: what servers answer to what is not TLS. */
  private static final byte[] NOT_TLS_ALERT = {21, 3, 1, 0, 2, 2, 70};

  /** Alert, fatal, no_application_protocol (RFC 7301, section 3.2). */
  private static final byte[] NO_PROTOCOL_ALERT = {21, 3, 3, 0, 2, 2, 120};

  private final SSLEngine engine;
  private final Alpn accepted;
  private final Duration timeout;
  private final String peer;
  private final CloseReason cut;
  private final Outcome outcome;
  private ByteBuf received = Unpooled.EMPTY_BUFFER;
  private @Nullable Future<?> timer;
  private boolean helloSeen;
  private boolean handedOn;
  private boolean over;

  /**
   * @param engine a new engine, which it owns from here on
   * @param accepted what a server accepts; of no meaning for a client
   * @param timeout zero: none
   * @param peer what to call the other side in failures
   * @param cut the reason of a session whose peer ends the connection without saying so
   */
  Handshake(
      SSLEngine engine,
      Alpn accepted,
      Duration timeout,
      String peer,
      CloseReason cut,
      Outcome outcome) {
    this.engine = engine;
    this.accepted = accepted;
    this.timeout = timeout;
    this.peer = peer;
    this.cut = cut;
    this.outcome = outcome;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (timeout.isPositive()) {
      timer =
          ctx.executor()
              .schedule(
                  () ->
                      failed(
                          ctx,
                          new SessionException(
                              CloseReason.HANDSHAKE_TIMEOUT,
                              "no TLS handshake within " + timeout.toMillis() + " ms")),
                  timeout.toMillis(),
                  TimeUnit.MILLISECONDS);
    }
    if (engine.getUseClientMode()) {
      advance(ctx);
    }
    readMore(ctx);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    over = true;
    if (timer != null) {
      timer.cancel(false);
    }
    if (!handedOn) {
      received.release();
      ReferenceCountUtil.release(engine);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf piece) || over) {
      ReferenceCountUtil.release(msg);
      return;
    }
    if (received.isReadable()) {
      received = received.isWritable(piece.readableBytes()) ? received : grown(ctx, piece);
      received.writeBytes(piece);
      piece.release();
    } else {
      received.release();
      received = piece;
    }
    advance(ctx);
  }

  private ByteBuf grown(ChannelHandlerContext ctx, ByteBuf by) {
    ByteBuf more = ctx.alloc().directBuffer(received.readableBytes() + by.readableBytes());
    more.writeBytes(received);
    received.release();
    return more;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    readMore(ctx);
  }

  private void readMore(ChannelHandlerContext ctx) {
    if (!over && !ctx.channel().config().isAutoRead()) {
      ctx.read();
    }
  }

  /** Goes on as far as what was received allows. */
  private void advance(ChannelHandlerContext ctx) {
    try {
      boolean finished = wrap(ctx);
      while (!finished && !over) {
        int length = recordLength();
        if (length == 0) {
          break;
        }
        if (!helloSeen) {
          helloSeen = true;
          checkProtocols();
        }
        finished = unwrap(ctx, length) || wrap(ctx);
      }
      ctx.flush();
      if (finished && !over) {
        done(ctx);
      }
    } catch (SSLException | RuntimeException e) {
      alert(ctx, e);
      failed(ctx, TlsFailure.ofHandshake(e));
    }
  }

  /** The length of the first record when it is there as a whole, else 0. */
  private int recordLength() throws NotSslRecordException {
    int there = received.readableBytes();
    if (there == 0) {
      return 0;
    }
    int start = received.readerIndex();
    int type = received.getUnsignedByte(start);
    boolean alien = type < 20 || type > 23 || (there > 1 && received.getByte(start + 1) != 3);
    if (!alien && there < HEADER) {
      return 0;
    }
    int length = alien ? 0 : received.getUnsignedShort(start + 3);
    if (alien || length > MAX_RECORD) {
      throw new NotSslRecordException("not a TLS record");
    }
    return there < HEADER + length ? 0 : HEADER + length;
  }

  /** The engines would go on without a protocol where client and server have none in common. */
  private void checkProtocols() throws NoCommonProtocol {
    if (engine.getUseClientMode() || accepted.protocols().isEmpty()) {
      return;
    }
    List<String> offered = ClientHello.protocols(received);
    if (!offered.isEmpty() && Collections.disjoint(offered, accepted.protocols())) {
      throw new NoCommonProtocol(offered);
    }
  }

  /** What the client offers is nothing that is accepted. */
  private static final class NoCommonProtocol extends SSLException {
    private static final long serialVersionUID = 1;

    NoCommonProtocol(List<String> offered) {
      super("no application protocol in common: offered are " + String.join(", ", offered));
    }
  }

  /** Has the engine say what it has to say; true when the handshake is done with it. */
  private boolean wrap(ChannelHandlerContext ctx) throws SSLException {
    while (true) {
      ByteBuf out = ctx.alloc().directBuffer(engine.getSession().getPacketBufferSize());
      SSLEngineResult result;
      try {
        ByteBuffer target = out.nioBuffer(0, out.capacity());
        result = engine.wrap(Unpooled.EMPTY_BUFFER.nioBuffer(), target);
        if (result.bytesProduced() > 0) {
          ctx.write(out.retain().writerIndex(result.bytesProduced()));
        }
      } finally {
        out.release();
      }
      HandshakeStatus status = result.getHandshakeStatus();
      if (status == HandshakeStatus.FINISHED) {
        return true;
      }
      if (status == HandshakeStatus.NEED_TASK) {
        runTasks();
      } else if (result.bytesProduced() == 0) {
        return false;
      }
    }
  }

  /** Has the engine take one record; true when the handshake is done with it. */
  private boolean unwrap(ChannelHandlerContext ctx, int length) throws SSLException {
    ByteBuf out = ctx.alloc().directBuffer(length);
    int end = received.readerIndex() + length;
    try {
      while (true) {
        int left = end - received.readerIndex();
        SSLEngineResult result =
            engine.unwrap(
                received.nioBuffer(received.readerIndex(), left), out.nioBuffer(0, length));
        received.skipBytes(result.bytesConsumed());
        if (result.bytesProduced() > 0) {
          throw new SSLException("there was application data within the handshake");
        }
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
          throw new SSLException("the peer ended the stream within the handshake");
        }
        HandshakeStatus status = result.getHandshakeStatus();
        if (status == HandshakeStatus.FINISHED) {
          return true;
        }
        if (status == HandshakeStatus.NEED_TASK) {
          runTasks();
        } else if (result.bytesConsumed() == 0 || received.readerIndex() == end) {
          return false;
        }
      }
    } finally {
      out.release();
    }
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  /** Tells the peer what is wrong, as far as the engine still can. */
  private void alert(ChannelHandlerContext ctx, Exception fault) {
    if (fault instanceof NotSslRecordException) {
      ctx.write(Unpooled.wrappedBuffer(NOT_TLS_ALERT));
    } else if (fault instanceof NoCommonProtocol) {
      ctx.write(Unpooled.wrappedBuffer(NO_PROTOCOL_ALERT));
    } else {
      try {
        wrap(ctx);
      } catch (SSLException | RuntimeException again) {
        fault.addSuppressed(again); // what it had to say before that is written
      }
    }
    ctx.flush();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      failed(ctx, TlsFailure.closed());
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    failed(ctx, TlsFailure.closed());
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failed(ctx, TlsFailure.ofHandshake(cause));
  }

  private void done(ChannelHandlerContext ctx) {
    handedOn = true;
    String protocol = engine.getApplicationProtocol();
    ApplicationProtocol.agreed(
        ctx.channel(), protocol == null || protocol.isEmpty() ? null : protocol);
    Records records =
        engine instanceof ReferenceCountedOpenSslEngine library
            ? new NativeRecords(library)
            : new JdkRecords(engine);
    TlsStream stream = new TlsStream(records, peer, cut);
    ctx.pipeline().replace(this, null, stream);
    outcome.done(ctx.channel());
    stream.begin(received);
  }

  private void failed(ChannelHandlerContext ctx, SessionException cause) {
    if (!over) {
      ctx.pipeline().remove(this);
      outcome.failed(ctx.channel(), cause);
    }
  }
}
