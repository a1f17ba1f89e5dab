package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import com.github.shiroedev2024.leaf.engine.crypto.HkdfSha1;
import com.github.shiroedev2024.leaf.engine.fakes.FuzzDispatcher;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.User;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import javax.crypto.AEADBadTagException;
import org.slf4j.helpers.NOPLogger;

/**
 * Both editions of Shadowsocks behind their encryption, which no fuzzer guesses: what is fuzzed is
 * sealed here first. Requests, answers and packets.
 */
public final class ShadowsocksFuzz {
  private static final ShadowsocksMethod[] METHODS = ShadowsocksMethod.values();

  private ShadowsocksFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 3) {
      return;
    }
    ShadowsocksMethod method = METHODS[(input[2] & 0x7f) % METHODS.length];
    boolean user = input[2] < 0 && method.hasUsers();
    byte how = input[1];
    byte[] rest = Arrays.copyOfRange(input, 3, input.length);
    switch ((input[0] & 0xff) % 4) {
      case 0 -> server(method, user).run(how, rest);
      case 1 ->
          server(method, user)
              .run(how, method.is2022() ? request2022(method, rest) : request(method, rest));
      case 2 ->
          client(method)
              .run(how, method.is2022() ? answer2022(method, rest) : request(method, rest));
      default -> packet(method, user, rest);
    }
  }

  private static DecoderFuzz server(ShadowsocksMethod method, boolean user) {
    return DecoderFuzz.of(
            () -> {
              EmbeddedChannel channel = new EmbeddedChannel();
              channel.freezeTime();
              inbound(method, user).accept(channel);
              return channel;
            },
            SessionException.class)
        .atMost(1, 200);
  }

  private static ShadowsocksInbound inbound(ShadowsocksMethod method, boolean user) {
    return new ShadowsocksInbound(
        "in",
        new ShadowsocksInboundOptions(
            method,
            method.is2022() ? Golden2022.base64(method, 0) : "secret",
            user ? List.of(new User("ann", "", Golden2022.base64(method, 100), null)) : List.of()),
        FuzzDispatcher.context(Golden2022.SECONDS));
  }

  private static byte[] request(ShadowsocksMethod method, byte[] plain) {
    ShadowsocksKey key = new ShadowsocksKey(method.cipher(), "secret");
    StreamSealer sealer = AeadStreams.sealer(key, new byte[key.saltBytes()]);
    EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    var ctx = channel.pipeline().firstContext();
    for (int at = 0; at < plain.length; ) {
      int size = Math.min(plain.length - at, 1 + (plain[at] & 0xff));
      sealer.add(ctx, Unpooled.copiedBuffer(plain, at, size), ctx.newPromise());
      sealer.sealAll(ctx);
      at += size;
    }
    channel.flush();
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf b = channel.readOutbound(); b != null; b = channel.readOutbound()) {
      all.writeBytes(b);
      b.release();
    }
    channel.finishAndReleaseAll();
    return ByteBufUtil.getBytes(all);
  }

  /** A request whose second header is this; its first byte may spoil the first header. */
  private static byte[] request2022(ShadowsocksMethod method, byte[] rest) {
    int spoil = rest.length == 0 ? 0 : rest[0];
    byte[] header = rest.length == 0 ? rest : Arrays.copyOfRange(rest, 1, rest.length);
    ByteBuf fixed =
        Unpooled.buffer()
            .writeByte(spoil == 1 ? 1 : 0)
            .writeLong(Golden2022.SECONDS + (spoil == 2 ? 31 : 0))
            .writeShort(header.length + (spoil == 3 ? 1 : 0));
    return opened(method, ByteBufUtil.getBytes(fixed), header);
  }

  private static byte[] answer2022(ShadowsocksMethod method, byte[] rest) {
    int spoil = rest.length == 0 ? 0 : rest[0];
    byte[] first = rest.length == 0 ? rest : Arrays.copyOfRange(rest, 1, rest.length);
    ByteBuf fixed =
        Unpooled.buffer()
            .writeByte(spoil == 1 ? 0 : 1)
            .writeLong(Golden2022.SECONDS + (spoil == 2 ? 31 : 0))
            .writeBytes(Golden2022.bytes(method, spoil == 4 ? 2 : 1))
            .writeShort(first.length + (spoil == 3 ? 1 : 0));
    return opened(method, ByteBufUtil.getBytes(fixed), first);
  }

  private static byte[] opened(ShadowsocksMethod method, byte[] fixed, byte[] second) {
    byte[] salt = Golden2022.bytes(method, 0x10);
    var cipher =
        AeadCipher.sealing(method.cipher(), Golden2022.keys(method, false).sessionKey(salt));
    byte[] a = new byte[fixed.length + AeadMethod.TAG_BYTES];
    cipher.seal(fixed, 0, fixed.length, a, 0);
    byte[] b = new byte[second.length + AeadMethod.TAG_BYTES];
    cipher.seal(second, 0, second.length, b, 0);
    return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(salt, a, b));
  }

  private static DecoderFuzz client(ShadowsocksMethod method) {
    return DecoderFuzz.of(
        () -> {
          EmbeddedChannel channel = new EmbeddedChannel();
          channel.freezeTime();
          channel
              .pipeline()
              .addLast(
                  method.is2022()
                      ? stream2022(method)
                      : aead(method).stream(Golden2022.TARGET, "the server"));
          return channel;
        },
        SessionException.class);
  }

  private static ShadowsocksStream stream2022(ShadowsocksMethod method) {
    Request2022 request =
        new Request2022(
            Golden2022.keys(method, false),
            Golden2022.CLOCK,
            new SecureRandom(),
            Golden2022.TARGET,
            Golden2022.bytes(method, 1));
    return new ShadowsocksStream(request.sealer(), request.opener(), null, "the server");
  }

  private static AeadClient aead(ShadowsocksMethod method) {
    return new AeadClient(
        new ShadowsocksKey(method.cipher(), "secret"), new Salts(new SecureRandom(), new byte[0]));
  }

  /** A packet of the AEAD edition, alike for both directions. */
  private static ByteBuf packet(
      UnpooledByteBufAllocator alloc, ShadowsocksMethod method, byte[] plain) {
    ShadowsocksKey key = new ShadowsocksKey(method.cipher(), "secret");
    byte[] salt = new byte[key.saltBytes()];
    byte[] sealed = new byte[plain.length + AeadMethod.TAG_BYTES];
    AeadCipher.sealing(method.cipher(), key.subkey(new HkdfSha1(), salt))
        .seal(plain, 0, plain.length, sealed, 0);
    return alloc.buffer().writeBytes(salt).writeBytes(sealed);
  }

  /** Bare, and as the body of a packet that is sealed for the server and the client. */
  private static void packet(ShadowsocksMethod method, boolean user, byte[] rest) {
    UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(true, true);
    if (method.is2022()) {
      byte[] plain = new byte[PacketSealer2022.IDS_BYTES + rest.length];
      System.arraycopy(rest, 0, plain, PacketSealer2022.IDS_BYTES, rest.length);
      PacketSealer2022 sealer =
          new PacketSealer2022(Golden2022.keys(method, user), 7, new SecureRandom());
      ByteBuf sealed = sealer.seal(alloc, plain.clone(), plain.length);
      received(alloc, method, user, sealed);
      ClientDatagrams2022 client =
          new ClientDatagrams2022(
              Golden2022.keys(method, false), Golden2022.CLOCK, new SecureRandom());
      open(alloc, client, sealer.seal(alloc, plain, plain.length));
    } else {
      DatagramCodec codec = aead(method).datagrams();
      open(alloc, codec, alloc.buffer().writeBytes(rest));
      open(alloc, codec, packet(alloc, method, rest));
      received(alloc, method, user, packet(alloc, method, rest));
    }
    received(alloc, method, user, alloc.buffer().writeBytes(rest));
    if (alloc.metric().usedDirectMemory() + alloc.metric().usedHeapMemory() != 0) {
      throw new AssertionError("buffers are held");
    }
  }

  private static void open(UnpooledByteBufAllocator alloc, DatagramCodec codec, ByteBuf sealed) {
    try {
      codec.open(alloc, sealed).release();
    } catch (AEADBadTagException | BadHeaderException e) {
      NOPLogger.NOP_LOGGER.debug("dropped", e);
    } finally {
      sealed.release();
    }
  }

  private static void received(
      UnpooledByteBufAllocator alloc, ShadowsocksMethod method, boolean user, ByteBuf sealed) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAllocator(alloc);
    channel.freezeTime();
    inbound(method, user).attach(channel);
    var at = new java.net.InetSocketAddress("192.0.2.9", 5);
    channel.writeInbound(new io.netty.channel.socket.DatagramPacket(sealed, at, at));
    channel.finishAndReleaseAll();
  }
}
