package com.github.shiroedev2024.leaf.engine.protocol.socks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a SOCKS5 request takes to read. In this package because the parser is known to it only. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SocksBenchmark {
  private final ByteBuf name = request(3, name("www.example.com"));
  private final ByteBuf address = request(1, new byte[] {(byte) 203, 0, 113, 9});
  private final ByteBuf begun = name.copy(0, name.readableBytes() - 1);

  private static byte[] name(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    byte[] field = new byte[1 + bytes.length];
    field[0] = (byte) bytes.length;
    System.arraycopy(bytes, 0, field, 1, bytes.length);
    return field;
  }

  private static ByteBuf request(int type, byte[] host) {
    byte[] head = {5, 1, 0, (byte) type};
    byte[] port = {1, (byte) 0xbb};
    return Unpooled.directBuffer(32).writeBytes(head).writeBytes(host).writeBytes(port);
  }

  @Benchmark
  public Object ofName() {
    return whole(name);
  }

  @Benchmark
  public Object ofAddress() {
    return whole(address);
  }

  /** A request whose last byte is missing: asked for again with every piece that comes. */
  @Benchmark
  public @Nullable Object incomplete() {
    return SocksRequest.version5(begun);
  }

  private static Object whole(ByteBuf request) {
    SocksRequest read = SocksRequest.version5(request.readerIndex(0));
    if (read == null) {
      throw new IllegalStateException("the request was not read");
    }
    return read;
  }
}
