package com.github.shiroedev2024.leaf.engine.transport.amux;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The bytes here were made from the description of the format, and not run against leaf. */
@ExtendWith(LeakCheck.class)
class AmuxFramesTest {
  /** Stands for a frame: an end, or the beginning of another stream's data. */
  private record Mark(String text) {}

  /** Passes frames on as messages. */
  private static final class Decoder extends ChannelInboundHandlerAdapter {
    private final AmuxFrames frames = new AmuxFrames();
    private int current = -1;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      try {
        frames.read(
            (ByteBuf) msg,
            new AmuxFrames.Receiver() {
              @Override
              public void data(int id, ByteBuf bytes) {
                if (id != current) {
                  current = id;
                  ctx.fireChannelRead(new Mark("stream " + id));
                }
                ctx.fireChannelRead(bytes);
              }

              @Override
              public void end(int id, boolean opens) {
                current = -1;
                ctx.fireChannelRead(new Mark((opens ? "empty " : "fin ") + id));
              }
            });
      } catch (AmuxFrames.MalformedException e) {
        ctx.fireExceptionCaught(e);
        ctx.close();
      }
    }
  }

  private static DecoderVerifier verifier() {
    return DecoderVerifier.of(() -> new EmbeddedChannel(new Decoder()));
  }

  @Test
  void framesAreTakenApartHoweverTheyAreCut() {
    byte[] bytes =
        Client.hex(
            "01 1234 0003 616263  01 ffff 0001 7a  01 1234 0002 6465  02 ffff  01 1234 0000");
    DecoderVerifier.Outcome outcome = verifier().verify(bytes);
    assertThat(outcome.failure()).isNull();
    assertThat(outcome.messages())
        .containsExactly(
            new Mark("stream 4660"),
            new DecoderVerifier.Bytes("616263"),
            new Mark("stream 65535"),
            new DecoderVerifier.Bytes("7a"),
            new Mark("stream 4660"),
            new DecoderVerifier.Bytes("6465"),
            new Mark("fin 65535"),
            new Mark("empty 4660"));
  }

  @Test
  void anUnknownTypeIsTheEnd() {
    DecoderVerifier.Outcome outcome = verifier().verify(Client.hex("02 0001 03"));
    assertThat(outcome.messages()).containsExactly(new Mark("fin 1"));
    assertThat(outcome.failure()).endsWith("unknown frame type 3");
    assertThat(outcome.closed()).isTrue();
  }

  @Test
  void framesAreWrittenAsDescribed() {
    var alloc = UnpooledByteBufAllocator.DEFAULT;
    ByteBuf header = AmuxFrames.stream(alloc, 0xFFFF, AmuxFrames.MAX_DATA);
    ByteBuf fin = AmuxFrames.fin(alloc, 0x0102);
    assertThat(ByteBufUtil.hexDump(header)).isEqualTo("01ffffffff");
    assertThat(ByteBufUtil.hexDump(fin)).isEqualTo("020102");
    header.release();
    fin.release();
  }

  @Test
  void whateverWasWrittenComesOut() {
    Seeds.forEach(
        50,
        random -> {
          Map<Integer, StringBuilder> sent = new TreeMap<>();
          ByteBuf wire = Unpooled.buffer();
          for (int i = 0; i < 20; i++) {
            int id = random.nextInt(4) * 0x5555;
            byte[] data = Seeds.bytes(random, 1 + random.nextInt(300));
            ByteBuf header = AmuxFrames.stream(wire.alloc(), id, data.length);
            wire.writeBytes(header).writeBytes(data);
            header.release();
            sent.computeIfAbsent(id, k -> new StringBuilder()).append(ByteBufUtil.hexDump(data));
          }
          Map<Integer, StringBuilder> received = new TreeMap<>();
          AmuxFrames frames = new AmuxFrames();
          while (wire.isReadable()) {
            int n = Math.min(wire.readableBytes(), 1 + random.nextInt(200));
            frames.read(wire.readRetainedSlice(n), collector(received));
          }
          wire.release();
          assertThat(received.toString()).isEqualTo(sent.toString());
        });
  }

  @Test
  void garbageIsReadOrRefused() {
    Seeds.forEach(500, random -> decode(garbage(random), random));
  }

  private static byte[] garbage(Random random) {
    byte[] bytes = Seeds.bytes(random, random.nextInt(2000));
    if (random.nextBoolean() && bytes.length > 0) {
      bytes[0] = (byte) (1 + random.nextInt(2));
    }
    return bytes;
  }

  private static void decode(byte[] bytes, Random random) {
    AmuxFrames frames = new AmuxFrames();
    ByteBuf all = Unpooled.wrappedBuffer(bytes);
    try {
      while (all.isReadable()) {
        int n = Math.min(all.readableBytes(), 1 + random.nextInt(100));
        frames.read(all.readRetainedSlice(n), collector(new TreeMap<>()));
      }
    } catch (AmuxFrames.MalformedException e) {
      assertThat(e.getMessage()).startsWith("unknown frame type ");
    } finally {
      all.release();
    }
  }

  private static AmuxFrames.Receiver collector(Map<Integer, StringBuilder> into) {
    return new AmuxFrames.Receiver() {
      @Override
      public void data(int id, ByteBuf bytes) {
        assertThat(id).isBetween(0, 0xFFFF);
        assertThat(List.of(bytes.isReadable())).containsExactly(true);
        into.computeIfAbsent(id, k -> new StringBuilder()).append(ByteBufUtil.hexDump(bytes));
        bytes.release();
      }

      @Override
      public void end(int id, boolean opens) {
        assertThat(id).isBetween(0, 0xFFFF);
      }
    };
  }
}
