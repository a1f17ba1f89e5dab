package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import com.github.shiroedev2024.leaf.engine.fakes.InstantDispatcher;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.spi.User;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier.Outcome;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A server's end of a stream: what it opens, and that it gives nothing away. */
@ExtendWith(LeakCheck.class)
class ServerHandshakeTest {
  private static final byte[] PAYLOAD = "more".getBytes(US_ASCII);
  private static final long TIMEOUT_SECONDS = 60;

  private final InstantDispatcher dispatcher = new InstantDispatcher();

  @ParameterizedTest
  @CsvFileSource(resources = "golden2022.csv", numLinesToSkip = 1, maxCharsPerColumn = 1000)
  void opensTheGoldenRequestHoweverItIsCut(
      ShadowsocksMethod method, boolean user, String written, String request) {
    Outcome outcome =
        DecoderVerifier.of(() -> client(inbound(method, user, 0)))
            .verify(ByteBufUtil.decodeHexDump(request));
    assertThat(outcome.failure()).isNull();
    assertThat(outcome.bytes()).isEqualTo(PAYLOAD);
    assertThat(dispatcher.sessions())
        .allSatisfy(
            session -> {
              assertThat(session.destination()).isEqualTo(Golden2022.TARGET);
              assertThat(session.userId()).isEqualTo(user ? "ann" : null);
            });
  }

  @ParameterizedTest
  @EnumSource(names = {"AES_128_GCM", "AES_256_GCM", "CHACHA20_POLY1305"})
  void opensAnAeadRequestHoweverItIsCut(ShadowsocksMethod method) {
    Seeds.forEach(
        3,
        random -> {
          byte[] plain = Seeds.bytes(random, random.nextInt(40_000));
          byte[] request = aead(method.cipher(), Golden2022.TARGET, plain, random.nextInt(9) + 1);
          Outcome outcome =
              DecoderVerifier.of(() -> client(inbound(method, false, 0))).rounds(3).verify(request);
          assertThat(outcome.failure()).isNull();
          assertThat(outcome.bytes()).isEqualTo(plain);
        });
    assertThat(dispatcher.sessions())
        .allSatisfy(s -> assertThat(s.destination()).isEqualTo(Golden2022.TARGET));
  }

  @ParameterizedTest
  @CsvFileSource(resources = "golden2022.csv", numLinesToSkip = 1, maxCharsPerColumn = 1000)
  void servesARequestOnce(ShadowsocksMethod method, boolean user, String written, String request) {
    ShadowsocksInbound inbound = inbound(method, user, 0);
    byte[] bytes = ByteBufUtil.decodeHexDump(request);
    served(inbound, bytes);
    silent(inbound, bytes);
  }

  @Test
  void servesAnAeadRequestOnce() {
    ShadowsocksInbound inbound = inbound(ShadowsocksMethod.AES_256_GCM, false, 0);
    byte[] bytes = aead(AeadMethod.AES_256_GCM, Golden2022.TARGET, PAYLOAD, 2);
    served(inbound, bytes);
    silent(inbound, bytes);
  }

  @ParameterizedTest
  @CsvFileSource(resources = "golden2022.csv", numLinesToSkip = 1, maxCharsPerColumn = 1000)
  void anOldRequestMeetsSilence(
      ShadowsocksMethod method, boolean user, String written, String request) {
    byte[] bytes = ByteBufUtil.decodeHexDump(request);
    served(inbound(method, user, 30), bytes);
    served(inbound(method, user, -30), bytes);
    silent(inbound(method, user, 31), bytes);
    silent(inbound(method, user, -31), bytes);
  }

  @ParameterizedTest
  @CsvFileSource(resources = "golden2022.csv", numLinesToSkip = 1, maxCharsPerColumn = 1000)
  void alteredAndTruncatedRequestsMeetSilence(
      ShadowsocksMethod method, boolean user, String written, String request) {
    ShadowsocksInbound inbound = inbound(method, user, 0);
    byte[] whole = ByteBufUtil.decodeHexDump(request);
    int header = whole.length - 18 - 4 - 16;
    for (int n = 0; n < header; n += 1 + n / 9) {
      silent(inbound, Arrays.copyOf(whole, n));
    }
    Seeds.forEach(
        40,
        random -> {
          byte[] bad = whole.clone();
          bad[random.nextInt(header)] ^= (byte) (1 << random.nextInt(8));
          silent(inbound, bad);
        });
  }

  @ParameterizedTest
  @EnumSource
  void garbageMeetsSilence(ShadowsocksMethod method) {
    ShadowsocksInbound inbound = inbound(method, method.hasUsers(), 0);
    Seeds.forEach(40, random -> silent(inbound, Seeds.bytes(random, random.nextInt(2000))));
    silent(inbound, "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20).getBytes(US_ASCII));
  }

  @Test
  void aWrongPasswordMeetsSilence() {
    ShadowsocksInboundOptions other =
        new ShadowsocksInboundOptions(ShadowsocksMethod.AES_128_GCM, "another", List.of());
    silent(
        new ShadowsocksInbound("in", other, dispatcher.context(InstantSource.system())),
        aead(AeadMethod.AES_128_GCM, Golden2022.TARGET, PAYLOAD, 50));
  }

  @Test
  void anAddressThatIsNoneMeetsSilence() {
    ShadowsocksInbound inbound = inbound(ShadowsocksMethod.AES_128_GCM, false, 0);
    ShadowsocksKey key = new ShadowsocksKey(AeadMethod.AES_128_GCM, "secret");
    silent(inbound, seal(AeadStreams.sealer(key, new byte[16]), new byte[] {9, 9, 9, 9}, 4));
  }

  @Test
  void aRequestWithNeitherPayloadNorPaddingMeetsSilence() {
    ShadowsocksMethod method = ShadowsocksMethod.BLAKE3_AES_128_GCM;
    ByteBuf header = Unpooled.buffer();
    SocksAddress.write(Golden2022.TARGET, header);
    header.writeShort(0);
    silent(inbound(method, false, 0), request(method, ByteBufUtil.getBytes(header)));
    header.setShort(header.writerIndex() - 2, 5).writeZero(4);
    silent(inbound(method, false, 0), request(method, ByteBufUtil.getBytes(header)));
    header.writeZero(1);
    served(inbound(method, false, 0), request(method, ByteBufUtil.getBytes(header)));
    silent(inbound(method, false, 0), request(method, new byte[3]));
  }

  @Test
  void whatIsAlteredBehindTheRequestEndsTheSession() {
    byte[] bytes = aead(AeadMethod.AES_128_GCM, Golden2022.TARGET, new byte[100], 50);
    bytes[bytes.length - 1]++;
    EmbeddedChannel channel = client(inbound(ShadowsocksMethod.AES_128_GCM, false, 0));
    channel.writeInbound(Unpooled.copiedBuffer(bytes));
    assertThat(channel.isOpen()).isFalse();
    assertThat(dispatcher.sessions().getLast().closeReason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
    channel.finishAndReleaseAll();
  }

  @Test
  void theAnswerIsWhatAClientOpens() {
    for (ShadowsocksMethod method : ShadowsocksMethod.values()) {
      ShadowsocksInbound inbound = inbound(method, method.hasUsers(), 0);
      ShadowsocksOptions options =
          new ShadowsocksOptions(
              Golden2022.TARGET,
              method,
              method.is2022() ? Golden2022.password(method, method.hasUsers()) : "secret",
              "");
      EmbeddedChannel client = new EmbeddedChannel();
      client
          .pipeline()
          .addLast(
              ShadowsocksOutbound.edition(options, clock(0)).stream(Golden2022.TARGET, "server"));
      EmbeddedChannel server = client(inbound);
      Seeds.forEach(
          1,
          random -> {
            for (int i = 0; i < 8; i++) {
              byte[] question = Seeds.bytes(random, 1 + random.nextInt(70_000));
              client.writeOutbound(Unpooled.copiedBuffer(question));
              server.writeInbound(Unpooled.copiedBuffer(all(client.outboundMessages())));
              assertThat(all(server.inboundMessages())).isEqualTo(question);
              byte[] answer = Seeds.bytes(random, 1 + random.nextInt(70_000));
              server.writeOutbound(Unpooled.copiedBuffer(answer));
              client.writeInbound(Unpooled.copiedBuffer(all(server.outboundMessages())));
              assertThat(all(client.inboundMessages())).isEqualTo(answer);
            }
          });
      server.finishAndReleaseAll();
      client.finishAndReleaseAll();
    }
  }

  /** What comes of a request that is good. */
  private void served(ShadowsocksInbound inbound, byte[] bytes) {
    int before = dispatcher.sessions().size();
    EmbeddedChannel channel = client(inbound);
    channel.writeInbound(Unpooled.copiedBuffer(bytes));
    assertThat(dispatcher.sessions()).hasSize(before + 1);
    channel.finishAndReleaseAll();
  }

  /** Nothing is written, and only the time or the client's end closes the connection. */
  private void silent(ShadowsocksInbound inbound, byte[] bytes) {
    int before = dispatcher.sessions().size();
    for (boolean ends : new boolean[] {false, true}) {
      EmbeddedChannel channel = client(inbound);
      channel.freezeTime();
      channel.writeInbound(Unpooled.copiedBuffer(bytes));
      channel.writeInbound(Unpooled.copiedBuffer(new byte[100_000]));
      if (ends) {
        assertThat(channel.isOpen()).isTrue();
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
      } else {
        channel.advanceTimeBy(TIMEOUT_SECONDS - 1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
      }
      assertThat(channel.isOpen()).isFalse();
      assertThat(channel.<Object>readOutbound()).isNull();
      assertThat(channel.<Object>readInbound()).isNull();
      channel.finishAndReleaseAll();
    }
    assertThat(dispatcher.sessions()).hasSize(before);
  }

  private EmbeddedChannel client(ShadowsocksInbound inbound) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    inbound.accept(channel);
    return channel;
  }

  private ShadowsocksInbound inbound(ShadowsocksMethod method, boolean user, int offSeconds) {
    return new ShadowsocksInbound(
        "in",
        new ShadowsocksInboundOptions(
            method,
            method.is2022() ? Golden2022.base64(method, 0) : "secret",
            user ? List.of(new User("ann", "", Golden2022.base64(method, 100), null)) : List.of()),
        dispatcher.context(clock(offSeconds)));
  }

  private static InstantSource clock(int offSeconds) {
    return InstantSource.fixed(Instant.ofEpochSecond(Golden2022.SECONDS + offSeconds));
  }

  private static byte[] aead(AeadMethod method, Destination to, byte[] plain, int chunk) {
    ShadowsocksKey key = new ShadowsocksKey(method, "secret");
    ByteBuf all = Unpooled.buffer();
    SocksAddress.write(to, all);
    all.writeBytes(plain);
    byte[] salt = new byte[key.saltBytes()];
    Arrays.fill(salt, (byte) 7);
    return seal(AeadStreams.sealer(key, salt), ByteBufUtil.getBytes(all), chunk);
  }

  /** A request whose second header is this. */
  private static byte[] request(ShadowsocksMethod method, byte[] header) {
    Keys2022 keys = Golden2022.keys(method, false);
    byte[] salt = Golden2022.bytes(method, 0x10);
    var cipher = AeadCipher.sealing(method.cipher(), keys.sessionKey(salt));
    ByteBuf fixed =
        Unpooled.buffer().writeByte(0).writeLong(Golden2022.SECONDS).writeShort(header.length);
    byte[] first = new byte[11 + 16];
    cipher.seal(ByteBufUtil.getBytes(fixed), 0, 11, first, 0);
    byte[] second = new byte[header.length + 16];
    cipher.seal(header, 0, header.length, second, 0);
    return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(salt, first, second));
  }

  private static byte[] seal(StreamSealer sealer, byte[] plain, int firstChunks) {
    EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    var ctx = channel.pipeline().firstContext();
    int at = 0;
    for (int i = 0; at < plain.length; i++) {
      int n = Math.min(i < 5 ? firstChunks : plain.length, plain.length - at);
      sealer.add(ctx, Unpooled.copiedBuffer(plain, at, n), ctx.newPromise());
      sealer.sealAll(ctx);
      at += n;
    }
    channel.flush();
    byte[] sealed = all(channel.outboundMessages());
    channel.finishAndReleaseAll();
    return sealed;
  }

  private static byte[] all(Queue<Object> messages) {
    ByteBuf all = Unpooled.buffer();
    for (Object m = messages.poll(); m != null; m = messages.poll()) {
      all.writeBytes((ByteBuf) m);
      ((ByteBuf) m).release();
    }
    return ByteBufUtil.getBytes(all);
  }
}
