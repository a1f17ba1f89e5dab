package com.github.shiroedev2024.leaf.engine.transport.ws;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One end of a WebSocket after its handshake: bytes above, frames below. How it ends is told with
 * the package.
 */
final class WsStream extends ChannelDuplexHandler {
  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;

  static final int NORMAL = 1000;
  private static final int GOING_AWAY = 1001;
  private static final int PROTOCOL_ERROR = 1002;
  private static final int NO_CODE = 1005;

  private final String peer;
  private final @Nullable SplittableRandom masks;
  private final FrameReader reader;
  private FrameReader.@Nullable Receiver receiver;
  private boolean passedOn;
  private boolean inputEnded;
  private boolean outputEnded;
  private boolean closeSent;
  private boolean failed;

  /** The last ping that waits for the pong before it to leave; a flood of pings is answered so. */
  private byte @Nullable [] pingWaiting;

  private boolean pongLeaving;

  private WsStream(String peer, @Nullable SplittableRandom masks) {
    this.peer = peer;
    this.masks = masks;
    this.reader = new FrameReader(masks == null);
  }

  /**
   * @param peer what to call the server in failures
   * @param seed where its masks come from; not to be guessed
   */
  static WsStream client(String peer, long seed) {
    return new WsStream(peer, new SplittableRandom(seed));
  }

  static WsStream server() {
    return new WsStream("websocket client", null);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    receiver =
        new FrameReader.Receiver() {
          @Override
          public void payload(ByteBuf bytes) {
            passedOn = true;
            ctx.fireChannelRead(bytes);
          }

          @Override
          public void control(int opcode, byte[] payload) {
            WsStream.this.control(ctx, opcode, payload);
          }
        };
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (msg instanceof ByteBuf bytes) {
      if (!bytes.isReadable()) {
        ctx.write(bytes, promise);
      } else if (closeSent) {
        bytes.release();
        promise.tryFailure(new SessionException(CloseReason.REMOTE_RESET, peer + ": closed"));
      } else {
        frame(ctx, FrameReader.BINARY, bytes, promise);
      }
    } else if (msg == EndOfStream.INSTANCE) {
      endOutput(ctx, promise);
    } else {
      ctx.write(msg, promise);
    }
  }

  private void frame(ChannelHandlerContext ctx, int opcode, ByteBuf payload, ChannelPromise done) {
    int length = payload.readableBytes();
    SplittableRandom random = masks;
    ByteBuf frame = ctx.alloc().directBuffer(14 + (random == null ? 0 : length));
    frame.writeByte(FINAL | opcode);
    int bit = random == null ? 0 : MASKED;
    if (length <= FrameReader.MAX_CONTROL) {
      frame.writeByte(bit | length);
    } else if (length <= 0xffff) {
      frame.writeByte(bit | 126).writeShort(length);
    } else {
      frame.writeByte(bit | 127).writeLong(length);
    }
    if (random == null) {
      ctx.write(frame, ctx.voidPromise());
      ctx.write(payload, done);
      return;
    }
    int mask = random.nextInt();
    frame.writeInt(mask);
    Mask.copy(mask, payload, frame);
    payload.release();
    ctx.write(frame, done);
  }

  /** The first end waits at a client's for the server's Close; the second, or a close, does not. */
  private void endOutput(ChannelHandlerContext ctx, ChannelPromise promise) {
    boolean again = outputEnded;
    outputEnded = true;
    if (masks != null && !inputEnded && !again) {
      ctx.write(Unpooled.EMPTY_BUFFER, promise); // completes when all before it has left
      return;
    }
    sendClose(ctx, NORMAL);
    if (inputEnded || again) {
      ctx.write(EndOfStream.INSTANCE, promise);
    } else {
      ctx.write(Unpooled.EMPTY_BUFFER, promise);
    }
  }

  private void sendClose(ChannelHandlerContext ctx, int code) {
    if (!closeSent) {
      closeSent = true;
      frame(ctx, FrameReader.CLOSE, ctx.alloc().buffer(2).writeShort(code), ctx.voidPromise());
    }
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (outputEnded && !closeSent && !failed && ctx.channel().isActive()) {
      sendClose(ctx, NORMAL);
      ctx.flush();
    }
    ctx.close(promise);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf piece) || failed || inputEnded) {
      ReferenceCountUtil.release(msg);
      return;
    }
    try {
      reader.read(piece, ctx.alloc(), Objects.requireNonNull(receiver));
    } catch (FrameException e) {
      sendClose(ctx, PROTOCOL_ERROR);
      ctx.flush();
      fail(ctx, CloseReason.PROTOCOL_ERROR, e.getMessage());
    }
  }

  private void control(ChannelHandlerContext ctx, int opcode, byte[] payload) {
    switch (opcode) {
      case FrameReader.PING -> {
        if (!closeSent) {
          if (pongLeaving) {
            pingWaiting = payload;
          } else {
            pong(ctx, payload);
          }
        }
      }
      case FrameReader.CLOSE -> closeReceived(ctx, payload);
      default -> {} // a pong needs no answer
    }
  }

  private void pong(ChannelHandlerContext ctx, byte[] payload) {
    pongLeaving = true;
    ChannelPromise left = ctx.newPromise();
    left.addListener(
        sent -> {
          pongLeaving = false;
          byte[] next = pingWaiting;
          pingWaiting = null;
          if (next != null && sent.isSuccess() && !closeSent) {
            pong(ctx, next);
          }
        });
    frame(ctx, FrameReader.PONG, Unpooled.wrappedBuffer(payload), left);
    ctx.flush();
  }

  private void closeReceived(ChannelHandlerContext ctx, byte[] payload) {
    int code = payload.length < 2 ? NO_CODE : ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
    if (payload.length == 1 || (code != NORMAL && code != GOING_AWAY && payload.length != 0)) {
      fail(
          ctx,
          CloseReason.REMOTE_RESET,
          "closed the WebSocket with code " + code + ", which is no orderly end");
      return;
    }
    inputEnded = true;
    if (outputEnded) {
      sendClose(ctx, NORMAL);
      ctx.writeAndFlush(EndOfStream.INSTANCE);
    }
    ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    if (!passedOn && !failed && !inputEnded && !ctx.channel().config().isAutoRead()) {
      ctx.read(); // one read was asked for, and what came was no payload
    }
    passedOn = false;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event != ChannelInputShutdownEvent.INSTANCE) {
      ctx.fireUserEventTriggered(event);
    } else if (!inputEnded && !failed) {
      if (checkBoundary(ctx)) {
        inputEnded = true;
        ctx.fireUserEventTriggered(event);
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!inputEnded && !failed) {
      checkBoundary(ctx);
    }
    ctx.fireChannelInactive();
  }

  private boolean checkBoundary(ChannelHandlerContext ctx) {
    if (reader.atBoundary()) {
      return true;
    }
    fail(ctx, CloseReason.PROTOCOL_ERROR, "the stream ended within a message");
    return false;
  }

  private void fail(ChannelHandlerContext ctx, CloseReason reason, @Nullable String what) {
    failed = true;
    reader.close();
    ctx.fireExceptionCaught(new SessionException(reason, peer + ": " + what));
    ctx.close();
  }
}
