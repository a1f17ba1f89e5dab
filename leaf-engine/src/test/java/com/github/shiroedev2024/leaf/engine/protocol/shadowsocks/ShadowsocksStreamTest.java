package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.crypto.AeadChunkWriter;
import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier.Outcome;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.ByteArrayInputStream;
import java.nio.channels.ClosedChannelException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
class ShadowsocksStreamTest {
  private static final Destination TARGET = Destination.of("example.com", 80);
  private static final byte[] REQUEST = "GET / HTTP/1.0\r\n\r\n".getBytes(US_ASCII);
  private static final String PASSWORD = "correct horse";
  private static final ShadowsocksKey KEY = new ShadowsocksKey(AeadMethod.AES_256_GCM, PASSWORD);

  // Golden streams, made with Python's cryptography package from the layout in package-info.
  @ParameterizedTest
  @CsvSource({
    "AES_128_GCM, 000102030405060708090a0b0c0d0e0fbee9e4e0d0ba7672ee2bdee25366183108050399d13e458a"
        + "28ed0fd1d5978cf0f587e19a89e690aca0df0c02e357700a89d14b7e4b7a97a54e992129f8bfd0c6beecef,"
        + "a3841eda4d661642c4933f37b6ce8fcae1055657bb5547941ea1f21b9a01f3a5",
    "AES_256_GCM, 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f13f6b50b7c9d71f2"
        + "5e1d1ba8af7db2bef77a8cdb66a898293cf9cab2aafaf9cb08809994127a9f4b2adc3ceb183d2c4a666494f5"
        + "b61eb3d8ae757f5697a34be286161d,"
        + "f5f0b8ffc45c4ee2cd0d61733a31be19a47329712688b4169157c188bc7ea986",
    "CHACHA20_POLY1305, 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fdbba127600"
        + "1dfa7c09730c4ed2c7342f5f92066a8ea5da4debff15f9bf5cd8f1831a226505a8f0ca37581de0fccfa9571a"
        + "9534e3a55c8be0ed14c919b7e56615522d9b,"
        + "2ca3da5bb897b705f786ebaaf04295a2d78f56cf63dcfeebf5b1e6cc4ea0e472"
  })
  void writesTheGoldenStream(AeadMethod method, String first, String restHash) {
    EmbeddedChannel channel = client(new ShadowsocksKey(method, PASSWORD));
    channel.writeOutbound(Unpooled.wrappedBuffer(REQUEST));
    assertThat(ByteBufUtil.hexDump(written(channel))).isEqualTo(first);
    byte[] big = new byte[40_000];
    for (int i = 0; i < big.length; i++) {
      big[i] = (byte) (i * 7 + 3);
    }
    channel.writeOutbound(Unpooled.wrappedBuffer(big));
    byte[] rest = written(channel);
    assertThat(rest).hasSize(40_102);
    assertThat(EchoServer.sha256(new ByteArrayInputStream(rest))).isEqualTo(restHash);
    channel.finishAndReleaseAll();
  }

  @Test
  void theHeaderGoesAloneWhenNothingComesInTime() {
    EmbeddedChannel channel = client(KEY);
    channel.flush();
    assertThat(written(channel)).isEmpty();
    channel.advanceTimeBy(9, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(written(channel)).isEmpty();
    channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    byte[] header = written(channel);
    assertThat(ByteBufUtil.hexDump(opened(header)))
        .isEqualTo("030b" + ByteBufUtil.hexDump("example.com".getBytes(US_ASCII)) + "0050");
    channel.writeOutbound(Unpooled.wrappedBuffer(REQUEST));
    assertThat(written(channel)).hasSize(REQUEST.length + AeadChunkWriter.OVERHEAD);
    channel.finishAndReleaseAll();
  }

  @Test
  void writesBetweenFlushesShareAChunkAndKeepTheirPromises() {
    EmbeddedChannel channel = client(KEY);
    channel.writeOutbound(Unpooled.wrappedBuffer(REQUEST));
    written(channel);
    List<ChannelFuture> writes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      writes.add(channel.write(Unpooled.wrappedBuffer(new byte[] {1, 2, 3})));
    }
    ChannelFuture empty = channel.write(Unpooled.EMPTY_BUFFER);
    channel.write(Unpooled.wrappedBuffer(new byte[] {4}), channel.voidPromise());
    assertThat(writes).noneMatch(ChannelFuture::isDone);
    channel.flush();
    assertThat(writes).allMatch(ChannelFuture::isSuccess);
    assertThat(empty.isSuccess()).isTrue();
    assertThat(written(channel)).hasSize(16 + AeadChunkWriter.OVERHEAD);
    channel.finishAndReleaseAll();
  }

  @Test
  void fullChunksDoNotWaitForTheFlush() {
    EmbeddedChannel channel = client(KEY);
    for (int i = 0; i < 100; i++) {
      channel.write(Unpooled.wrappedBuffer(new byte[1000]));
    }
    assertThat(channel.unsafe().outboundBuffer().totalPendingWriteBytes()).isGreaterThan(60_000);
    channel.flush();
    int payload = 100_000 + 15;
    int chunks = (payload + 0x3FFE) / 0x3FFF;
    assertThat(written(channel)).hasSize(32 + payload + chunks * AeadChunkWriter.OVERHEAD);
    channel.finishAndReleaseAll();
  }

  @Test
  void theEndFollowsAllBytesAndTakesTheHeaderAlong() {
    EmbeddedChannel channel = client(KEY);
    channel.write(EndOfStream.INSTANCE);
    channel.flush();
    assertThat(channel.<Object>readOutbound()).isInstanceOf(ByteBuf.class).satisfies(this::free);
    assertThat(channel.<Object>readOutbound()).isSameAs(EndOfStream.INSTANCE);

    channel.write(Unpooled.wrappedBuffer(new byte[] {1}));
    channel.write(EndOfStream.INSTANCE);
    channel.flush();
    assertThat(channel.<Object>readOutbound()).isInstanceOf(ByteBuf.class).satisfies(this::free);
    assertThat(channel.<Object>readOutbound()).isSameAs(EndOfStream.INSTANCE);
    channel.finishAndReleaseAll();
  }

  @Test
  void whatWasNotFlushedFailsWithTheChannel() {
    EmbeddedChannel channel = client(KEY);
    ChannelFuture write = channel.write(Unpooled.wrappedBuffer(new byte[] {1}));
    channel.close();
    assertThat(write.cause()).isInstanceOf(ClosedChannelException.class);
    channel.finishAndReleaseAll();
  }

  @ParameterizedTest
  @CsvSource({"AES_128_GCM", "AES_256_GCM", "CHACHA20_POLY1305"})
  void readsTheServersStreamHoweverItIsCut(AeadMethod method) {
    ShadowsocksKey key = new ShadowsocksKey(method, PASSWORD);
    Seeds.forEach(
        4,
        random -> {
          byte[] plain = Seeds.bytes(random, random.nextInt(40_000));
          byte[] sealed = server(key, plain, 1 + random.nextInt(plain.length + 1));
          Outcome outcome = DecoderVerifier.of(() -> client(key)).rounds(6).verify(sealed);
          assertThat(outcome.failure()).isNull();
          assertThat(outcome.bytes()).isEqualTo(plain);
        });
  }

  @Test
  void failsOnceOnWhatWasAltered() {
    Seeds.forEach(
        150,
        random -> {
          byte[] plain = Seeds.bytes(random, 1 + random.nextInt(400));
          byte[] sealed = server(KEY, plain, 1 + random.nextInt(100));
          sealed[random.nextInt(sealed.length)] ^= (byte) (1 << random.nextInt(8));
          Outcome outcome = DecoderVerifier.of(() -> client(KEY)).rounds(2).verify(sealed);
          assertThat(outcome.failureCount()).isEqualTo(1);
          assertThat(outcome.closed()).isTrue();
          byte[] opened = outcome.bytes();
          assertThat(opened.length).isLessThan(plain.length);
          assertThat(opened).isEqualTo(Arrays.copyOf(plain, opened.length));
        });
  }

  @Test
  void garbageIsAWrongKey() {
    Seeds.forEach(
        100,
        random -> {
          byte[] garbage = Seeds.bytes(random, 50 + random.nextInt(1000));
          Outcome outcome = DecoderVerifier.of(() -> client(KEY)).rounds(2).verify(garbage);
          assertThat(outcome.failure()).contains("check method and password");
          assertThat(outcome.messages()).isEmpty();
        });
  }

  @Test
  void aWrongKeyAndAnAlteredStreamHaveTheirOwnReasons() {
    byte[] sealed = server(KEY, REQUEST, 5);
    assertThat(failure(new ShadowsocksKey(AeadMethod.AES_256_GCM, "other"), sealed))
        .extracting(SessionException::reason)
        .isEqualTo(CloseReason.AUTH_FAILED);
    sealed[sealed.length - 1]++;
    assertThat(failure(KEY, sealed))
        .extracting(SessionException::reason)
        .isEqualTo(CloseReason.PROTOCOL_ERROR);
    assertThat(failure(KEY, server(KEY, REQUEST, 5))).isNull();
  }

  @Test
  void anEndBetweenChunksIsOrderlyAndOneWithinIsNot() {
    byte[] sealed = server(KEY, REQUEST, REQUEST.length);
    int saltAndLength = 32 + 18;
    for (int n = 0; n <= sealed.length; n++) {
      SessionException failure = failure(KEY, Arrays.copyOf(sealed, n));
      boolean orderly = n == 0 || (n >= 32 && n < saltAndLength) || n == sealed.length;
      if (orderly) {
        assertThat(failure).as("after %d bytes", n).isNull();
      } else {
        assertThat(failure).as("after %d bytes", n).hasMessageContaining("ended within a chunk");
        assertThat(requireNonNull(failure).reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
      }
    }
  }

  @Test
  void asksForMoreWhenOneReadBroughtNoWholeChunk() {
    EmbeddedChannel channel = client(KEY);
    Reads reads = new Reads();
    channel.pipeline().addFirst(reads);
    channel.config().setAutoRead(false);
    byte[] sealed = server(KEY, REQUEST, REQUEST.length);
    channel.writeInbound(Unpooled.copiedBuffer(sealed, 0, 60));
    assertThat(reads.count).isEqualTo(1);
    channel.writeInbound(Unpooled.copiedBuffer(sealed, 60, sealed.length - 60));
    assertThat(reads.count).isEqualTo(1);
    channel.finishAndReleaseAll();
  }

  @Test
  void thePrefixBeginsTheSalt() {
    Salts salts = new Salts(new SecureRandom(), "\u0016\u0003".getBytes(US_ASCII));
    byte[] one = salts.forStream(32);
    byte[] other = salts.forStream(32);
    assertThat(one).hasSize(32).startsWith(0x16, 0x03);
    assertThat(other).startsWith(0x16, 0x03).isNotEqualTo(one);
    assertThat(salts.forDatagram(32)).hasSize(32);
  }

  private void free(Object message) {
    ((ByteBuf) message).release();
  }

  /** A client whose salt is 0, 1, 2, … */
  private static EmbeddedChannel client(ShadowsocksKey key) {
    byte[] salt = new byte[key.saltBytes()];
    for (int i = 0; i < salt.length; i++) {
      salt[i] = (byte) i;
    }
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    ByteBuf address = Unpooled.buffer();
    SocksAddress.write(TARGET, address);
    channel
        .pipeline()
        .addLast(
            new ShadowsocksStream(
                AeadStreams.sealer(key, salt), AeadStreams.opener(key), address, "the server"));
    return channel;
  }

  /** What a server sends: its salt and the bytes, sealed in chunks of this size. */
  private static byte[] server(ShadowsocksKey key, byte[] plain, int chunk) {
    byte[] salt = new byte[key.saltBytes()];
    Arrays.fill(salt, (byte) 0x5a);
    StreamSealer sealer = AeadStreams.sealer(key, salt);
    EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    ChannelHandlerContext ctx = channel.pipeline().firstContext();
    for (int at = 0; at < plain.length; at += chunk) {
      ByteBuf piece = Unpooled.copiedBuffer(plain, at, Math.min(chunk, plain.length - at));
      sealer.add(ctx, piece, ctx.newPromise());
      sealer.sealAll(ctx);
    }
    channel.flush();
    byte[] sealed = written(channel);
    channel.finishAndReleaseAll();
    return sealed;
  }

  private static byte[] opened(byte[] sealed) {
    StreamOpener opener = AeadStreams.opener(KEY);
    ByteBuf all = Unpooled.buffer();
    try {
      opener.read(
          Unpooled.copiedBuffer(sealed),
          ByteBufAllocator.DEFAULT,
          piece -> {
            all.writeBytes(piece);
            piece.release();
          });
    } catch (AEADBadTagException | BadHeaderException e) {
      throw new AssertionError(e);
    }
    opener.close();
    return ByteBufUtil.getBytes(all);
  }

  /** How the client fails on this input and its half-close, if it does. */
  private static @Nullable SessionException failure(ShadowsocksKey key, byte[] input) {
    EmbeddedChannel channel = client(key);
    List<Throwable> failures = new ArrayList<>();
    channel
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                failures.add(cause);
              }
            });
    channel.writeInbound(Unpooled.copiedBuffer(input));
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    channel.finishAndReleaseAll();
    assertThat(failures).hasSizeLessThan(2);
    return failures.isEmpty() ? null : (SessionException) failures.getFirst();
  }

  private static byte[] written(EmbeddedChannel channel) {
    ByteBuf all = Unpooled.buffer();
    for (Object m = channel.readOutbound(); m != null; m = channel.readOutbound()) {
      all.writeBytes((ByteBuf) m);
      ((ByteBuf) m).release();
    }
    return ByteBufUtil.getBytes(all);
  }

  /** Counts the reads asked for. */
  private static final class Reads extends ChannelOutboundHandlerAdapter {
    private int count;

    @Override
    public void read(ChannelHandlerContext ctx) throws Exception {
      count++;
      super.read(ctx);
    }
  }
}
