package com.github.shiroedev2024.leaf.engine.protocol.http;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an origin server, which is one session. It is read only while the client takes
 * what comes; a read is also outstanding while it is idle, so that its end is seen.
 */
final class HttpUpstream extends ChannelInboundHandlerAdapter {
  /** Who is told what comes from the server. Takes ownership of what it is given. */
  interface Listener {
    void responseHead(HttpUpstream from, HttpResponse head);

    void responseContent(HttpUpstream from, HttpContent content);

    /** A batch is over: flush. */
    void responsePause(HttpUpstream from);

    /** Whether more may be read. */
    boolean wantsMore();

    /** The connection can take more of the request. */
    void upstreamWritable(HttpUpstream from);

    /** The connection or its session has ended. */
    void upstreamEnded(HttpUpstream from, CloseReason reason, @Nullable String detail);
  }

  private final Session session;
  private final Channel channel;
  private final Listener listener;
  private final ByteCounter counter;
  private final HttpResponseReader reader = new HttpResponseReader();
  private boolean readPending;
  private boolean ended;
  private int requests;

  HttpUpstream(Session session, Channel channel, Listener listener) {
    this.session = session;
    this.channel = channel;
    this.listener = listener;
    this.counter = new ByteCounter(session);
  }

  /** Takes the channel over. */
  void open() {
    channel.pipeline().addLast(counter, reader, this);
    session.onEnd(
        reason -> {
          channel.close();
          tellEnded(reason, session.closeDetail());
        });
  }

  Session session() {
    return session;
  }

  Channel channel() {
    return channel;
  }

  /** Whether another request for this destination and user may use this connection. */
  boolean serves(Destination destination, @Nullable String userId) {
    return !ended
        && channel.isActive()
        && session.destination().equals(destination)
        && Objects.equals(session.userId(), userId);
  }

  /** Begins a request; answers whether the connection had carried one before. */
  boolean begin(ByteBuf requestHead, boolean head) {
    reader.head(head);
    channel.write(requestHead, channel.voidPromise());
    return requests++ > 0;
  }

  void write(ByteBuf bytes) {
    channel.write(bytes, channel.voidPromise());
  }

  void flush() {
    channel.flush();
  }

  boolean writable() {
    return channel.isWritable();
  }

  void readIfWanted() {
    if (!readPending && !ended && listener.wantsMore()) {
      readPending = true;
      channel.read();
    }
  }

  /** Ends the connection; the listener hears nothing more of it. */
  void end(CloseReason reason, @Nullable String detail) {
    ended = true;
    finish(reason, detail);
  }

  private void finish(CloseReason reason, @Nullable String detail) {
    if (reason == CloseReason.FINISHED && session.closeReason() == null) {
      session.completeSend();
      session.completeReceive();
    }
    session.end(reason, detail);
  }

  /** Leaves the pipeline to the relay; what was read of the new protocol goes there. */
  void leave() {
    ended = true;
    channel.pipeline().remove(counter);
    channel.pipeline().remove(reader);
    channel.pipeline().remove(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof HttpObject)) {
      ctx.fireChannelRead(msg);
    } else if (ended) {
      ReferenceCountUtil.release(msg);
    } else {
      if (msg instanceof HttpResponse head) {
        listener.responseHead(this, head);
      }
      if (msg instanceof HttpContent content) {
        if (ended) {
          content.release();
        } else {
          listener.responseContent(this, content);
        }
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    readPending = false;
    listener.responsePause(this);
    readIfWanted();
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (channel.isWritable() && !ended) {
      listener.upstreamWritable(this);
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      finish(CloseReason.FINISHED, null); // a server that has ended serves nothing more
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    finish(CloseReason.FINISHED, null);
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    session.end(CloseReason.REMOTE_RESET, cause.getMessage());
  }

  private void tellEnded(CloseReason reason, @Nullable String detail) {
    if (!ended) {
      ended = true;
      listener.upstreamEnded(this, reason, detail);
    }
  }
}
