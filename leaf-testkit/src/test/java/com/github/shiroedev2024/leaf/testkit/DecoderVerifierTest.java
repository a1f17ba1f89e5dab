package com.github.shiroedev2024.leaf.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class DecoderVerifierTest {
  @Test
  void passesADecoderThatWaits() {
    byte[] input = {0, 2, 'a', 'b', 0, 1, 'c', 0, 9, 'd'};
    var outcome =
        DecoderVerifier.of(
                () -> new EmbeddedChannel(new LengthFieldBasedFrameDecoder(100, 0, 2, 0, 2)))
            .verify(input);
    assertThat(outcome.bytes()).containsExactly('a', 'b', 'c');
    assertThat(outcome.failure()).isNull();
  }

  @Test
  void findsADecoderThatDoesNot() {
    DecoderVerifier verifier = DecoderVerifier.of(() -> new EmbeddedChannel(new Hasty()));
    assertThatThrownBy(() -> verifier.verify(new byte[] {1, 2, 3, 4}))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("decodes differently");
  }

  @Test
  void seesFailuresAsPartOfTheOutcome() {
    var outcome =
        DecoderVerifier.of(
                () -> new EmbeddedChannel(new LengthFieldBasedFrameDecoder(4, 0, 2, 0, 2)))
            .feed(new byte[] {0, 9, 1}, List.of(3));
    assertThat(outcome.failure()).contains("TooLongFrameException");
  }

  /** Takes whatever has arrived for a whole message. */
  private static final class Hasty extends ByteToMessageDecoder {
    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
      int sum = 0;
      while (in.isReadable()) {
        sum += in.readByte();
      }
      out.add(sum);
    }
  }
}
