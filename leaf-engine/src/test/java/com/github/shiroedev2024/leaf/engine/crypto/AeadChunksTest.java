package com.github.shiroedev2024.leaf.engine.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.DecoderVerifier;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier.Outcome;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(LeakCheck.class)
class AeadChunksTest {
  private static final int MAX = 0x3FFF;

  @ParameterizedTest
  @EnumSource
  void opensWhatWasSealedHoweverItIsCut(AeadMethod method) {
    Seeds.forEach(
        4,
        random -> {
          byte[] key = Seeds.bytes(random, method.keyBytes());
          byte[] plain = Seeds.bytes(random, random.nextInt(3 * MAX));
          byte[] sealed = seal(method, key, plain, sizes(random, plain.length));
          Outcome outcome = verifier(method, key).rounds(8).verify(sealed);
          assertThat(outcome.failure()).isNull();
          assertThat(outcome.bytes()).isEqualTo(plain);
        });
  }

  @ParameterizedTest
  @EnumSource
  void neverAcceptsWhatWasAltered(AeadMethod method) {
    Seeds.forEach(
        60,
        random -> {
          byte[] key = Seeds.bytes(random, method.keyBytes());
          byte[] plain = Seeds.bytes(random, 1 + random.nextInt(600));
          List<Integer> sizes = sizes(random, plain.length);
          byte[] sealed = seal(method, key, plain, sizes);
          int at = random.nextInt(sealed.length);
          sealed[at] ^= (byte) (1 << random.nextInt(8));
          Outcome outcome = verifier(method, key).rounds(2).verify(sealed);
          assertThat(outcome.failure()).contains("AEADBadTagException");
          assertThat(outcome.failureCount()).isEqualTo(1);
          byte[] opened = outcome.bytes();
          assertThat(opened).isEqualTo(Arrays.copyOf(plain, opened.length));
          assertThat(opened.length).isLessThan(plain.length);
        });
  }

  @Test
  void refusesChunksInAnotherOrder() {
    AeadMethod method = AeadMethod.AES_128_GCM;
    byte[] key = new byte[16];
    byte[] sealed = seal(method, key, new byte[] {1, 2}, List.of(1, 1));
    int half = sealed.length / 2;
    byte[] swapped = new byte[sealed.length];
    System.arraycopy(sealed, half, swapped, 0, half);
    System.arraycopy(sealed, 0, swapped, half, half);
    Outcome outcome = verifier(method, key).verify(swapped);
    assertThat(outcome.failure()).contains("AEADBadTagException");
    assertThat(outcome.bytes()).isEmpty();
  }

  @Test
  void refusesAChunkLongerThanAllowed() {
    AeadMethod method = AeadMethod.CHACHA20_POLY1305;
    byte[] key = new byte[32];
    ByteBuf sealed = Unpooled.buffer();
    new AeadChunkWriter(AeadCipher.sealing(method, key), 0x4000)
        .seal((into, at, length) -> {}, 0x4000, sealed);
    Outcome outcome = verifier(method, key).rounds(1).verify(ByteBufUtil.getBytes(sealed));
    assertThat(outcome.failure()).contains("16384 bytes, more than 16383");
    assertThat(outcome.bytes()).isEmpty();
  }

  @Test
  void takesAnEmptyChunkForNothing() {
    AeadMethod method = AeadMethod.AES_256_GCM;
    byte[] key = new byte[32];
    AeadCipher cipher = AeadCipher.sealing(method, key);
    byte[] sealed = new byte[2 * AeadMethod.TAG_BYTES + 2];
    int n = cipher.seal(new byte[2], 0, 2, sealed, 0);
    cipher.seal(new byte[0], 0, 0, sealed, n);
    Outcome outcome = verifier(method, key).verify(sealed);
    assertThat(outcome.failure()).isNull();
    assertThat(outcome.messages()).isEmpty();
  }

  @Test
  void leavesAReadOnlyPieceAlone() throws AEADBadTagException {
    AeadMethod method = AeadMethod.AES_128_GCM;
    byte[] key = new byte[16];
    byte[] sealed = seal(method, key, new byte[] {7, 8, 9}, List.of(3));
    byte[] before = sealed.clone();
    List<ByteBuf> out = new ArrayList<>();
    new AeadChunkReader(AeadCipher.opening(method, key), MAX)
        .read(Unpooled.wrappedBuffer(sealed).asReadOnly(), ByteBufAllocator.DEFAULT, out::add);
    assertThat(sealed).isEqualTo(before);
    assertThat(ByteBufUtil.getBytes(out.getFirst())).containsExactly(7, 8, 9);
    out.forEach(ByteBuf::release);
  }

  @Test
  void holdsNothingOnceClosedByItsReceiver() throws AEADBadTagException {
    AeadMethod method = AeadMethod.AES_128_GCM;
    byte[] key = new byte[16];
    byte[] sealed = seal(method, key, new byte[300], List.of(100, 100, 100));
    AeadChunkReader reader = new AeadChunkReader(AeadCipher.opening(method, key), MAX);
    ByteBufAllocator alloc = ByteBufAllocator.DEFAULT;
    reader.read(alloc.buffer().writeBytes(sealed, 0, 50), alloc, ByteBuf::release);
    List<Integer> received = new ArrayList<>();
    reader.read(
        alloc.buffer().writeBytes(sealed, 50, sealed.length - 50),
        alloc,
        opened -> {
          received.add(opened.readableBytes());
          opened.release();
          reader.close();
        });
    assertThat(received).containsExactly(100);
  }

  @Test
  void nonceCountsBeyondOneByte() throws AEADBadTagException {
    byte[] key = new byte[16];
    AeadCipher sealer = AeadCipher.sealing(AeadMethod.AES_128_GCM, key);
    AeadCipher opener = AeadCipher.opening(AeadMethod.AES_128_GCM, key);
    byte[] sealed = new byte[17];
    byte[] opened = new byte[1];
    for (int i = 0; i < 70_000; i++) {
      sealer.seal(new byte[] {(byte) i}, 0, 1, sealed, 0);
      opener.open(sealed, 0, 17, opened, 0);
      assertThat(opened[0]).isEqualTo((byte) i);
    }
  }

  private static byte[] seal(AeadMethod method, byte[] key, byte[] plain, List<Integer> sizes) {
    AeadChunkWriter writer = new AeadChunkWriter(AeadCipher.sealing(method, key), MAX);
    ByteBuf out = Unpooled.buffer();
    ByteBuf in = Unpooled.wrappedBuffer(plain);
    int expected = 0;
    for (int size : sizes) {
      expected += writer.sealedLength(size);
      writer.seal((into, at, length) -> in.readBytes(into, at, length), size, out);
    }
    assertThat(out.readableBytes()).isEqualTo(expected);
    return ByteBufUtil.getBytes(out);
  }

  private static List<Integer> sizes(Random random, int length) {
    List<Integer> sizes = new ArrayList<>();
    for (int left = length; left > 0; ) {
      int size = Math.min(left, 1 + random.nextInt(random.nextBoolean() ? 40 : 2 * MAX));
      sizes.add(size);
      left -= size;
    }
    return sizes;
  }

  private static DecoderVerifier verifier(AeadMethod method, byte[] key) {
    return DecoderVerifier.of(() -> new EmbeddedChannel(new Reading(method, key)));
  }

  /** The reader as a handler, in its simplest form. */
  private static final class Reading extends ChannelInboundHandlerAdapter {
    private final AeadChunkReader reader;
    private boolean failed;

    Reading(AeadMethod method, byte[] key) {
      reader = new AeadChunkReader(AeadCipher.opening(method, key), MAX);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ByteBuf piece = (ByteBuf) msg;
      if (failed) {
        piece.release();
        return;
      }
      try {
        reader.read(piece, ctx.alloc(), ctx::fireChannelRead);
      } catch (AEADBadTagException e) {
        failed = true;
        ctx.fireExceptionCaught(e);
      }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
      reader.close();
    }
  }
}
