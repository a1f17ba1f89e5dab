package com.github.shiroedev2024.leaf.engine.protocol.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Our side of a CONNECT: one request, then the response's head. Then it leaves the pipeline; only
 * if the remote's first bytes came glued to the head does it stay until the first read, to hand
 * them over to whoever reads.
 */
final class HttpConnectHandler extends ChannelDuplexHandler {
  /** The longest head that is read, in bytes. */
  static final int MAX_HEAD = 64 * 1024;

  private static final byte LF = '\n';
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[0-9] ([1-5][0-9]{2})( .*)?");

  private final String peer;
  private final Destination destination;
  private final Promise<Channel> ready;
  private final Runnable granted;
  private boolean done;
  private boolean inputEnded;
  private int scanned;
  private int lineStart;
  private @Nullable ByteBuf pending;
  private @Nullable Future<?> deadline;

  private HttpConnectHandler(
      String peer, Destination destination, Promise<Channel> ready, Runnable granted) {
    this.peer = peer;
    this.destination = destination;
    this.ready = ready;
    this.granted = granted;
  }

  /** Whether a name can stand in a request line: no blanks and no control characters. */
  static boolean fits(String host) {
    return host.chars().allMatch(c -> c > ' ' && c != 0x7f);
  }

  /**
   * Shakes hands on a connected channel.
   *
   * @param login name and password in Base64; empty for none
   * @param ready fails when the handshake does
   * @param granted completes {@code ready}
   */
  static void shake(
      Channel channel,
      String peer,
      Destination destination,
      String login,
      Duration timeout,
      Promise<Channel> ready,
      Runnable granted) {
    HttpConnectHandler handler = new HttpConnectHandler(peer, destination, ready, granted);
    channel.pipeline().addLast(handler);
    handler.deadline =
        channel
            .eventLoop()
            .schedule(
                () ->
                    handler.fail(
                        CloseReason.HANDSHAKE_TIMEOUT,
                        "did not answer within " + timeout.toMillis() + " ms"),
                timeout.toNanos(),
                TimeUnit.NANOSECONDS);
    String request =
        "CONNECT "
            + destination
            + " HTTP/1.1\r\nHost: "
            + destination
            + (login.isEmpty() ? "" : "\r\nProxy-Authorization: Basic " + login)
            + "\r\n\r\n";
    byte[] bytes = request.getBytes(UTF_8);
    channel.writeAndFlush(
        channel.alloc().buffer(bytes.length).writeBytes(bytes), channel.voidPromise());
    channel.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf bytes)) {
      ReferenceCountUtil.release(msg);
      return;
    }
    ByteBuf before = pending;
    ByteBuf all =
        before == null
            ? bytes
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), before, bytes);
    pending = all;
    if (!done) {
      head(ctx, all);
    }
  }

  /** Looks for the empty line that ends the head; an interim head is followed by another. */
  private void head(ChannelHandlerContext ctx, ByteBuf in) {
    while (!done) {
      int from = in.readerIndex() + scanned;
      int lf = in.indexOf(from, in.writerIndex(), LF);
      scanned = (lf < 0 ? in.writerIndex() : lf + 1) - in.readerIndex();
      if (scanned > MAX_HEAD) {
        fail(CloseReason.PROTOCOL_ERROR, "sent a head of more than " + MAX_HEAD + " bytes");
        return;
      }
      if (lf < 0) {
        return;
      }
      int start = in.readerIndex() + lineStart;
      boolean empty = lf == start || (lf == start + 1 && in.getByte(start) == '\r');
      if (lineStart == 0 && !status(in, lf)) {
        return;
      }
      lineStart = scanned;
      if (empty) {
        ended(ctx, in);
      }
    }
  }

  /** Fails at once on what is no status line, or tells of a refusal. */
  private boolean status(ByteBuf in, int lf) {
    String line = in.toString(in.readerIndex(), lf - in.readerIndex(), ISO_8859_1).stripTrailing();
    Matcher matcher = STATUS.matcher(line);
    if (!matcher.matches()) {
      fail(CloseReason.PROTOCOL_ERROR, "answered with something else than HTTP");
      return false;
    }
    int status = Integer.parseInt(matcher.group(1));
    if (status >= 300 || status == 101) {
      fail(reason(status), "refused " + destination + ": " + printable(line));
      return false;
    }
    return true;
  }

  private void ended(ChannelHandlerContext ctx, ByteBuf in) {
    boolean interim = in.getByte(in.readerIndex() + 9) == '1';
    in.skipBytes(scanned);
    scanned = 0;
    lineStart = 0;
    if (interim) {
      return;
    }
    done = true;
    endDeadline();
    if (!in.isReadable()) {
      pending = null;
      in.release();
      ctx.pipeline().remove(this);
    }
    granted.run();
  }

  private static String printable(String line) {
    String shown = line.substring(0, Math.min(line.length(), 100));
    return shown.replaceAll("[^ -~]", "?");
  }

  private static CloseReason reason(int status) {
    return switch (status) {
      case 401, 407 -> CloseReason.AUTH_FAILED;
      case 403 -> CloseReason.DROPPED;
      case 405, 501, 505 -> CloseReason.NOT_SUPPORTED;
      case 502 -> CloseReason.REFUSED;
      case 503 -> CloseReason.LIMIT;
      case 504 -> CloseReason.DIAL_TIMEOUT;
      default -> CloseReason.HANDSHAKE_FAILED;
    };
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (done) {
      ctx.fireChannelReadComplete();
    } else {
      ctx.read();
    }
  }

  /** Somebody reads: what came early goes first. */
  @Override
  public void read(ChannelHandlerContext ctx) {
    if (done && pending != null) {
      ctx.pipeline().remove(this);
    }
    ctx.read();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    endDeadline();
    ByteBuf early = pending;
    pending = null;
    if (early == null) {
      return;
    }
    if (!done || !ctx.channel().isActive()) {
      early.release();
      return;
    }
    ctx.fireChannelRead(early);
    ctx.fireChannelReadComplete();
    if (inputEnded) {
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && !done) {
      closed();
    } else if (event == ChannelInputShutdownEvent.INSTANCE && pending != null) {
      inputEnded = true; // told behind the bytes
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!done) {
      closed();
    }
    ctx.fireChannelInactive();
  }

  private void closed() {
    fail(CloseReason.HANDSHAKE_CLOSED, "closed the connection before it answered");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (done) {
      ctx.fireExceptionCaught(cause);
    } else {
      SessionException failure = SessionException.of(cause, CloseReason.HANDSHAKE_FAILED);
      fail(failure.reason(), "failed: " + failure.getMessage());
    }
  }

  private void fail(CloseReason reason, String what) {
    done = true;
    endDeadline();
    ready.tryFailure(new SessionException(reason, peer + " " + what));
  }

  private void endDeadline() {
    Future<?> running = deadline;
    if (running != null) {
      deadline = null;
      running.cancel(false);
    }
  }
}
