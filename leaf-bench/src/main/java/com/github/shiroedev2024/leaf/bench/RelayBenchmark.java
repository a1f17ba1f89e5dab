package com.github.shiroedev2024.leaf.bench;

import com.github.shiroedev2024.leaf.engine.relay.StreamRelay;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One read of 4 KiB that the relay copies on: from a channel without a socket to another such, so
 * it is the relay's and Netty's work without the kernel's.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RelayBenchmark {
  private static final int BYTES = 4096;

  private final EmbeddedChannel client = new EmbeddedChannel();
  private final EmbeddedChannel remote = new EmbeddedChannel();
  private final Session session = SessionBenchmark.session(client.eventLoop());

  @Setup
  public void ready() {
    StreamRelay.install(session, client, remote, EngineOptions.defaults(), null).begin();
  }

  @TearDown
  public void end() {
    session.end(CloseReason.SHUTDOWN, null);
    client.finishAndReleaseAll();
    remote.finishAndReleaseAll();
  }

  @Benchmark
  public int copy() {
    client.writeInbound(PooledByteBufAllocator.DEFAULT.directBuffer(BYTES).writerIndex(BYTES));
    ByteBuf passed = remote.readOutbound();
    int length = passed.readableBytes();
    passed.release();
    if (length != BYTES) {
      throw new IllegalStateException(length + " bytes were passed on, not " + BYTES);
    }
    return length;
  }
}
