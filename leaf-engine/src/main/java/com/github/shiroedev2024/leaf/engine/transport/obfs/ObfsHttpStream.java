package com.github.shiroedev2024.leaf.engine.transport.obfs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.Base64;
import java.util.Random;

/** A stream that begins as a WebSocket upgrade. */
final class ObfsHttpStream extends ObfsStream {
  /** The longest head of an answer, in bytes. */
  private static final int MAX_HEAD = 1024;

  private static final int KEY_BYTES = 16;

  /** CR LF CR LF. */
  private static final int HEAD_END = 0x0d0a0d0a;

  private final String host;
  private final String path;
  private final String userAgent;
  private final Random random;
  private final StringBuilder head = new StringBuilder(0);

  /** The last four bytes of the head. */
  private int tail;

  private boolean answered;

  ObfsHttpStream(String host, String path, String userAgent, Random random, String peer) {
    super(peer);
    this.host = host;
    this.path = path;
    this.userAgent = userAgent;
    this.random = random;
  }

  @Override
  void open(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise) {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    String request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: "
            + host
            + "\r\nUser-Agent: "
            + userAgent
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
            + Base64.getUrlEncoder().encodeToString(key)
            + "\r\nContent-Length: "
            + bytes.readableBytes()
            + "\r\n\r\n";
    ByteBuf out = ctx.alloc().buffer(request.length() + bytes.readableBytes());
    ByteBufUtil.writeAscii(out, request);
    out.writeBytes(bytes);
    bytes.release();
    ctx.write(out, promise);
  }

  @Override
  void wrap(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise) {
    ctx.write(bytes, promise);
  }

  @Override
  void unwrap(ChannelHandlerContext ctx, ByteBuf piece) throws UnexpectedException {
    if (answered) {
      pass(ctx, piece.readRetainedSlice(piece.readableBytes()));
      return;
    }
    while (piece.isReadable()) {
      byte next = piece.readByte();
      head.append((char) (next & 0xff));
      tail = tail << 8 | (next & 0xff);
      if (tail == HEAD_END) {
        answered = true;
        check(head.toString());
        head.setLength(0);
        head.trimToSize();
        return;
      }
      if (head.length() == MAX_HEAD) {
        throw new UnexpectedException("the answer's head does not end within 1024 bytes");
      }
    }
  }

  /** Lets pass what a server of the kind could say, which is not always 101. */
  private static void check(String answer) throws UnexpectedException {
    String line = answer.substring(0, answer.indexOf("\r\n"));
    boolean accepts =
        line.length() > 9
            && line.startsWith("HTTP/1.")
            && (line.charAt(9) == '1' || line.charAt(9) == '2');
    if (!accepts) {
      byte[] shown = line.substring(0, Math.min(80, line.length())).getBytes(US_ASCII);
      throw new UnexpectedException(
          "it answers '" + new String(shown, US_ASCII).replaceAll("\\p{Cntrl}", "?") + "'");
    }
  }

  @Override
  boolean atBoundary() {
    return head.isEmpty();
  }
}
