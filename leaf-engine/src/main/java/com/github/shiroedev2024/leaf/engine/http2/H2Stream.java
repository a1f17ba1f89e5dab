package com.github.shiroedev2024.leaf.engine.http2;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** One stream: bytes above, HTTP/2's frames below. The bottom of a stream channel's pipeline. */
abstract class H2Stream extends ChannelDuplexHandler {
  private boolean passedOn;
  private boolean headSeen;
  private boolean inputEnded;
  private boolean outputEnded;
  private boolean failed;

  /** The peer's head, its first. Answers what is wrong with it, or null. */
  abstract @Nullable SessionException head(
      ChannelHandlerContext ctx, Http2Headers headers, boolean end);

  /** The fields behind the peer's last bytes. Answers the failure that they tell, or null. */
  abstract @Nullable SessionException trailers(Http2Headers headers);

  /** The fields behind our last bytes, or null for none. */
  abstract @Nullable Http2Headers ownTrailers();

  /** A failure for a stream that the peer has cut off, or null when it is simply gone. */
  abstract @Nullable SessionException cut(String how, boolean wilful);

  /** No bytes are passed on any more. */
  final void refuse() {
    failed = true;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (msg instanceof ByteBuf bytes) {
      if (outputEnded) {
        bytes.release();
        promise.tryFailure(new IllegalStateException("written behind the end of the stream"));
      } else {
        ctx.write(new DefaultHttp2DataFrame(bytes), promise);
      }
    } else if (msg == EndOfStream.INSTANCE) {
      if (outputEnded) {
        ctx.write(Unpooled.EMPTY_BUFFER, promise);
        return;
      }
      outputEnded = true;
      Http2Headers trailers = ownTrailers();
      ctx.write(
          trailers == null
              ? new DefaultHttp2DataFrame(true)
              : new DefaultHttp2HeadersFrame(trailers, true),
          promise);
    } else {
      ctx.write(msg, promise);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (msg instanceof Http2HeadersFrame frame) {
      if (!headSeen) {
        readHead(ctx, frame);
      } else if (frame.isEndStream()) {
        fail(ctx, trailers(frame.headers()));
        end(ctx);
      }
    } else if (msg instanceof Http2DataFrame frame) {
      boolean end = frame.isEndStream();
      ByteBuf content = frame.content();
      if (content.isReadable() && !failed && !inputEnded) {
        passedOn = true;
        ctx.fireChannelRead(content);
      } else {
        frame.release();
      }
      if (end) {
        end(ctx);
      }
    } else {
      ReferenceCountUtil.release(msg);
    }
  }

  private void readHead(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
    CharSequence status = frame.headers().status();
    if (status != null && status.length() == 3 && status.charAt(0) == '1') {
      return; // 1xx: the head is still to come
    }
    headSeen = true;
    fail(ctx, head(ctx, frame.headers(), frame.isEndStream()));
    if (frame.isEndStream()) {
      // A head that ends the stream is its trailers as well: gRPC tells failures so.
      if (!failed) {
        fail(ctx, trailers(frame.headers()));
      }
      end(ctx);
    }
  }

  private void end(ChannelHandlerContext ctx) {
    if (!inputEnded) {
      inputEnded = true;
      if (!failed) {
        passedOn = true;
        ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
      }
    }
  }

  private void fail(ChannelHandlerContext ctx, @Nullable SessionException failure) {
    if (failure != null && !failed) {
      failed = true;
      ctx.fireExceptionCaught(failure);
      ctx.close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    if (!passedOn && !failed && !inputEnded && !ctx.channel().config().isAutoRead()) {
      ctx.read(); // one read was asked for, and what came were no bytes
    }
    passedOn = false;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof Http2ResetFrame reset) {
      Http2Error error = Http2Error.valueOf(reset.errorCode());
      if (error != Http2Error.NO_ERROR && !inputEnded) {
        fail(
            ctx,
            cut(
                "reset the stream (" + (error == null ? reset.errorCode() : error) + ")",
                error == Http2Error.CANCEL));
      }
    } else if (event instanceof Http2GoAwayFrame away) {
      away.release(); // the connection heeds it; what lies above might drop it, with its buffer
    } else if (event != ChannelInputShutdownEvent.INSTANCE) {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    failed = true; // what follows is our own doing
    ctx.close(promise);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!inputEnded && !failed) {
      SessionException failure = cut("closed the connection within the stream", true);
      if (failure != null) {
        failed = true;
        ctx.fireExceptionCaught(failure);
      }
    }
    ctx.fireChannelInactive();
  }

  static SessionException reset(String peer, String how) {
    return new SessionException(CloseReason.REMOTE_RESET, peer + " " + how);
  }
}
