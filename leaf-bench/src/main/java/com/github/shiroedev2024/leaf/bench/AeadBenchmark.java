package com.github.shiroedev2024.leaf.bench;

import com.github.shiroedev2024.leaf.engine.crypto.AeadChunkReader;
import com.github.shiroedev2024.leaf.engine.crypto.AeadChunkWriter;
import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.crypto.AEADBadTagException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One full chunk of a Shadowsocks stream, length and payload, sealed and opened. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AeadBenchmark {
  private static final int PAYLOAD = 0x3FFF;
  private static final int SMALL = 256;
  private static final int WARM_UP = 20_000;

  @Param({"AES_256_GCM", "CHACHA20_POLY1305"})
  AeadMethod method = AeadMethod.AES_256_GCM;

  private final ByteBufAllocator alloc = PooledByteBufAllocator.DEFAULT;
  private final byte[] payload = new byte[PAYLOAD];
  private final AeadChunkWriter.Source source =
      (into, at, length) -> System.arraycopy(payload, 0, into, at, length);
  private final Consumer<ByteBuf> receiver = this::receive;
  private final byte[] nonce = new byte[AeadMethod.NONCE_BYTES];
  private AeadCipher sealing = AeadCipher.sealing(method, new byte[method.keyBytes()]);
  private AeadCipher opening = AeadCipher.opening(method, new byte[method.keyBytes()]);
  private AeadChunkWriter writer = new AeadChunkWriter(sealing, PAYLOAD);
  private AeadChunkReader reader = new AeadChunkReader(opening, PAYLOAD);
  private ByteBuf sealed = alloc.directBuffer(PAYLOAD + AeadChunkWriter.OVERHEAD);
  private byte[] chunk = {};
  private int received;

  /** Ciphers of this method, and one chunk sealed with their first two nonces. */
  @Setup
  public void ready() throws AEADBadTagException {
    new Random(1).nextBytes(payload);
    byte[] key = new byte[method.keyBytes()];
    sealing = AeadCipher.sealing(method, key);
    opening = AeadCipher.opening(method, key);
    writer = new AeadChunkWriter(sealing, PAYLOAD);
    reader = new AeadChunkReader(opening, PAYLOAD);
    warm(key);
    writer.seal(source, PAYLOAD, sealed.clear());
    chunk = new byte[sealed.readableBytes()];
    sealed.getBytes(0, chunk);
  }

  /**
   * Small pieces first: a whole chunk is a thousand times slower while the cipher is interpreted,
   * so a short warm-up would end before the compiler has begun.
   */
  private void warm(byte[] key) throws AEADBadTagException {
    byte[] small = new byte[SMALL + AeadMethod.TAG_BYTES];
    byte[] plain = new byte[SMALL];
    AeadCipher seals = AeadCipher.sealing(method, key);
    AeadCipher opens = AeadCipher.opening(method, key);
    for (int i = 0; i < WARM_UP; i++) {
      int length = seals.seal(payload, 0, SMALL, small, 0);
      opens.open(small, 0, length, plain, 0);
    }
  }

  @TearDown
  public void release() {
    sealed.release();
    reader.close();
  }

  /** Into a buffer that stays. */
  @Benchmark
  public int seal() {
    writer.seal(source, PAYLOAD, sealed.clear());
    return sealed.readableBytes();
  }

  /** In a pooled buffer of its own, as it comes off a socket. */
  @Benchmark
  public int open() throws AEADBadTagException {
    opening.nonce(nonce, 0);
    reader.read(alloc.directBuffer(chunk.length).writeBytes(chunk), alloc, receiver);
    if (received != PAYLOAD) {
      throw new IllegalStateException(received + " bytes were opened, not " + PAYLOAD);
    }
    return received;
  }

  private void receive(ByteBuf opened) {
    received = opened.readableBytes();
    opened.release();
  }
}
