package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import com.github.shiroedev2024.leaf.engine.codec.UuidUser;
import com.github.shiroedev2024.leaf.engine.fakes.FuzzDispatcher;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import javax.crypto.Cipher;

/**
 * VMess behind its encryption, which no fuzzer guesses: what is fuzzed is sealed here first.
 * Request headers, bodies in all their forms, and answers.
 */
public final class VmessFuzz {
  private static final long NOW = 1_700_000_000;
  private static final UUID ID = new UUID(1, 2);
  private static final VmessKeys KEYS =
      new VmessKeys(Seeds.bytes(new Random(1), 16), Seeds.bytes(new Random(2), 16));
  private static final int[] SECURITY = {3, 4, 5};

  private VmessFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 4) {
      return;
    }
    byte how = input[1];
    VmessBody body = new VmessBody(input[2] & 0x1d, SECURITY[(input[3] & 0x7f) % 3]);
    boolean packets = input[3] < 0 && body.chunks();
    byte[] rest = Arrays.copyOfRange(input, 4, input.length);
    switch ((input[0] & 0xff) % 5) {
      case 0 -> header(rest);
      case 1 -> inbound(how, rest);
      case 2 -> {
        if (body.valid()) {
          body(body, packets).run(how, rest);
        }
      }
      case 3 -> {
        if (body.valid()) {
          body(body, packets).run(how, altered(sealed(body, packets, rest), rest));
        }
      }
      default -> answer().run(how, VmessHeader.sealResponse(KEYS.response(), rest));
    }
  }

  private static void header(byte[] rest) {
    try {
      VmessRequest.read(rest);
    } catch (VmessRequest.MalformedException e) {
      rest = rest.clone();
    }
    try {
      VmessRequest read = VmessRequest.read(checked(rest));
      if (!read.equals(VmessRequest.read(read.write(new Random(1))))) {
        throw new AssertionError(read + " is written otherwise");
      }
    } catch (VmessRequest.MalformedException e) {
      return;
    }
  }

  private static byte[] checked(byte[] header) {
    return ByteBuffer.allocate(header.length + 4)
        .put(header)
        .putInt(VmessRequest.fnv1a(header, header.length))
        .array();
  }

  /** The first byte tells how much of the rest is the header; body follows. */
  private static void inbound(byte how, byte[] rest) {
    if (rest.length == 0) {
      return;
    }
    int length = Math.min(rest.length - 1, rest[0] & 0xff);
    byte[] header = checked(Arrays.copyOfRange(rest, 1, 1 + length));
    byte[] key = VmessId.commandKey(ID);
    byte[] sealed =
        VmessHeader.sealRequest(
            key, VmessHeader.authIds(Cipher.ENCRYPT_MODE, key), header, NOW, new Random(1));
    byte[] all = Arrays.copyOf(sealed, sealed.length + rest.length - 1 - length);
    System.arraycopy(rest, 1 + length, all, sealed.length, rest.length - 1 - length);
    DecoderFuzz.of(VmessFuzz::served, SessionException.class).atMost(1, 200).run(how, all);
  }

  private static EmbeddedChannel served() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    new VmessInbound(
            "in",
            new VmessInboundOptions(List.of(new UuidUser(ID, "ann"))),
            FuzzDispatcher.context(NOW))
        .accept(channel);
    return channel;
  }

  private static DecoderFuzz body(VmessBody body, boolean packets) {
    return DecoderFuzz.of(
        () -> new EmbeddedChannel(end(body, KEYS.response(), KEYS, packets)),
        SessionException.class);
  }

  private static VmessStream end(VmessBody body, VmessKeys out, VmessKeys in, boolean packets) {
    return new VmessStream(
        new VmessSealer(new byte[0], body, out, packets),
        new VmessOpener(body, in, packets),
        null,
        packets,
        "the peer");
  }

  private static DecoderFuzz answer() {
    VmessBody body = new VmessBody(VmessBody.CHUNKS, 3);
    return DecoderFuzz.of(
        () -> {
          EmbeddedChannel channel = new EmbeddedChannel();
          channel.freezeTime();
          channel
              .pipeline()
              .addLast(
                  new VmessStream(
                      new VmessSealer(new byte[0], body, KEYS, false),
                      new VmessOpener(body, KEYS.response(), false),
                      new VmessAnswer(KEYS.response(), 7),
                      false,
                      "the peer"));
          return channel;
        },
        SessionException.class);
  }

  /** What one end makes of these bytes, in writes of as many as each begins with. */
  private static byte[] sealed(VmessBody body, boolean packets, byte[] bytes) {
    EmbeddedChannel channel = new EmbeddedChannel(end(body, KEYS, KEYS.response(), packets));
    for (int at = 0; at < bytes.length; ) {
      int size = Math.min(bytes.length - at, 1 + (bytes[at] & 0xff));
      channel.writeOutbound(Unpooled.wrappedBuffer(bytes, at, size));
      at += size;
    }
    channel.writeOutbound(EndOfStream.INSTANCE);
    ByteBuf all = Unpooled.buffer();
    for (Object m = channel.readOutbound(); m != null; m = channel.readOutbound()) {
      if (m instanceof ByteBuf piece) {
        all.writeBytes(piece);
        piece.release();
      }
    }
    channel.finishAndReleaseAll();
    return ByteBufUtil.getBytes(all);
  }

  /** Flips a bit, or cuts the end off, as the last bytes say. */
  private static byte[] altered(byte[] sealed, byte[] by) {
    if (by.length < 3 || sealed.length == 0) {
      return sealed;
    }
    int at = (((by[by.length - 1] & 0xff) << 8) | (by[by.length - 2] & 0xff)) % sealed.length;
    int what = by[by.length - 3] & 0xff;
    if (what < 64) {
      return Arrays.copyOf(sealed, at);
    }
    if (what < 128) {
      sealed[at] ^= (byte) (1 << (what & 7));
    }
    return sealed;
  }
}
