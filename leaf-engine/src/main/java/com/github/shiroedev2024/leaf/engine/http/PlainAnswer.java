package com.github.shiroedev2024.leaf.engine.http;

import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;

/** What a web server in HTTP/1.1 says that has nothing to give. */
public final class PlainAnswer {
  private PlainAnswer() {}

  /**
   * Answers and ends the output; the caller goes on reading.
   *
   * @param status code and words, such as {@code 404 Not Found}
   */
  public static void write(ChannelHandlerContext ctx, String status) {
    String body = status + "\n";
    ctx.write(
        text(
            ctx,
            "HTTP/1.1 "
                + status
                + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
                + body.length()
                + "\r\nConnection: close\r\n\r\n"
                + body),
        ctx.voidPromise());
    ctx.writeAndFlush(EndOfStream.INSTANCE);
  }

  static ByteBuf text(ChannelHandlerContext ctx, String text) {
    ByteBuf bytes = ctx.alloc().buffer(text.length());
    bytes.writeCharSequence(text, StandardCharsets.ISO_8859_1);
    return bytes;
  }
}
