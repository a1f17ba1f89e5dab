package com.github.shiroedev2024.leaf.engine.protocol.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes HTTP/1.1 heads and chunks. */
final class HttpEncoding {
  private static final int HEAD_SIZE = 512;
  private static final int CRLF = '\r' << 8 | '\n';

  private HttpEncoding() {}

  static ByteBuf request(ByteBufAllocator alloc, HttpRequest request, String path) {
    ByteBuf out = alloc.buffer(HEAD_SIZE);
    text(out, request.method().name());
    out.writeByte(' ');
    text(out, path);
    text(out, " HTTP/1.1\r\n");
    headers(out, request.headers());
    return out;
  }

  static ByteBuf response(ByteBufAllocator alloc, HttpResponse response) {
    ByteBuf out = alloc.buffer(HEAD_SIZE);
    status(out, response.status());
    headers(out, response.headers());
    return out;
  }

  /** A whole reply of our own: its text, and one more field if given. */
  static ByteBuf reply(
      ByteBufAllocator alloc,
      HttpResponseStatus status,
      String message,
      @Nullable String field,
      boolean head,
      boolean keepAlive) {
    byte[] body = (message + "\n").getBytes(UTF_8);
    ByteBuf out = alloc.buffer(HEAD_SIZE);
    status(out, status);
    text(out, "Content-Type: text/plain; charset=utf-8\r\nContent-Length: " + body.length + "\r\n");
    text(out, keepAlive ? "Connection: keep-alive\r\n" : "Connection: close\r\n");
    if (field != null) {
      text(out, field);
      out.writeShort(CRLF);
    }
    out.writeShort(CRLF);
    return head ? out : out.writeBytes(body);
  }

  /** The line in front of a chunk of this size. */
  static ByteBuf chunkSize(ByteBufAllocator alloc, int size) {
    ByteBuf out = alloc.buffer(10);
    text(out, Integer.toHexString(size));
    return out.writeShort(CRLF);
  }

  /** What ends a chunk. */
  static ByteBuf chunkEnd(ByteBufAllocator alloc) {
    return alloc.buffer(2).writeShort(CRLF);
  }

  /** What ends a chunked body. */
  static ByteBuf lastChunk(ByteBufAllocator alloc, HttpHeaders trailers) {
    ByteBuf out = alloc.buffer(trailers.isEmpty() ? 5 : HEAD_SIZE);
    text(out, "0\r\n");
    headers(out, trailers);
    return out;
  }

  static ByteBuf connected() {
    return Unpooled.copiedBuffer("HTTP/1.1 200 Connection established\r\n\r\n", ISO_8859_1);
  }

  private static void status(ByteBuf out, HttpResponseStatus status) {
    text(out, "HTTP/1.1 " + status.code() + " ");
    text(out, status.reasonPhrase());
    out.writeShort(CRLF);
  }

  private static void headers(ByteBuf out, HttpHeaders headers) {
    Iterator<Map.Entry<CharSequence, CharSequence>> each = headers.iteratorCharSequence();
    while (each.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = each.next();
      text(out, field.getKey());
      out.writeByte(':').writeByte(' ');
      text(out, field.getValue());
      out.writeShort(CRLF);
    }
    out.writeShort(CRLF);
  }

  /** One byte for each character, as they were read. */
  private static void text(ByteBuf out, CharSequence text) {
    if (text instanceof AsciiString ascii) {
      ByteBufUtil.copy(ascii, out);
    } else {
      out.writeBytes(text.toString().getBytes(ISO_8859_1));
    }
  }
}
