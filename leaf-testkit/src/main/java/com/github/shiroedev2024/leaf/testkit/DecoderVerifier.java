package com.github.shiroedev2024.leaf.testkit;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a decoder does not care how its input was cut: the same bytes are fed whole, byte by
 * byte and in random pieces, and everything seen above the decoder must be the same each time.
 */
public final class DecoderVerifier {
  private final Supplier<EmbeddedChannel> channels;
  private Function<Object, Object> describe = message -> message;
  private int rounds = 16;

  private DecoderVerifier(Supplier<EmbeddedChannel> channels) {
    this.channels = channels;
  }

  /** Decoders under test: each call must give a new channel that holds nothing but them. */
  public static DecoderVerifier of(Supplier<EmbeddedChannel> channels) {
    return new DecoderVerifier(channels);
  }

  /**
   * How to make a comparable value of a decoded message that is not a {@code ByteBuf} and has no
   * useful {@code equals}. The message is released afterwards.
   */
  public DecoderVerifier describe(Function<Object, Object> how) {
    describe = how;
    return this;
  }

  /** How many random ways of cutting are tried; 16 when not told. */
  public DecoderVerifier rounds(int count) {
    rounds = count;
    return this;
  }

  /**
   * What came out above the decoders.
   *
   * @param messages decoded messages in order; neighbouring {@code ByteBuf}s are one {@code Bytes}
   * @param failure the first exception that reached the tail, else null
   * @param failureCount exceptions that reached the tail
   * @param closed whether the decoders closed the channel before the input had ended
   * @param written what was written towards the network, as one piece, in hex
   */
  public record Outcome(
      List<Object> messages,
      @Nullable String failure,
      int failureCount,
      boolean closed,
      String written) {
    /** All decoded bytes, when nothing but bytes was decoded. */
    public byte[] bytes() {
      if (messages.isEmpty()) {
        return new byte[0];
      }
      if (messages.size() == 1 && messages.getFirst() instanceof Bytes b) {
        return ByteBufUtil.decodeHexDump(b.hex());
      }
      throw new AssertionError("not only bytes were decoded: " + messages);
    }
  }

  /** Decoded bytes in hex. */
  public record Bytes(String hex) {}

  /** Feeds the input in all ways and answers the one outcome they must have in common. */
  public Outcome verify(byte[] input) {
    Outcome whole = feed(input, List.of(input.length));
    compare("byte by byte", whole, feed(input, bytewise(input.length)));
    Seeds.forEach(
        rounds,
        random -> {
          List<Integer> sizes = pieces(random, input.length);
          compare("in pieces of " + sizes, whole, feed(input, sizes));
        });
    return whole;
  }

  /** Feeds the input once, cut into pieces of these sizes, then ends it. */
  public Outcome feed(byte[] input, List<Integer> sizes) {
    EmbeddedChannel channel = channels.get();
    Recorder recorder = new Recorder();
    channel.pipeline().addLast(recorder);
    int offset = 0;
    for (int size : sizes) {
      if (!channel.isOpen()) {
        break;
      }
      ByteBuf piece = channel.alloc().buffer(Math.max(1, size)).writeBytes(input, offset, size);
      offset += size;
      channel.pipeline().fireChannelRead(piece).fireChannelReadComplete();
      channel.runPendingTasks();
    }
    boolean closed = !channel.isOpen();
    channel.finish();
    StringBuilder written = new StringBuilder();
    for (Object m = channel.readOutbound(); m != null; m = channel.readOutbound()) {
      written.append(m instanceof ByteBuf b ? ByteBufUtil.hexDump(b) : m.toString());
      ReferenceCountUtil.release(m);
    }
    return recorder.outcome(closed, written.toString());
  }

  private static void compare(String how, Outcome whole, Outcome other) {
    if (!whole.equals(other)) {
      throw new AssertionError(
          "decodes differently " + how + ":\n  whole: " + whole + "\n  other: " + other);
    }
  }

  private static List<Integer> bytewise(int length) {
    List<Integer> sizes = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      sizes.add(1);
    }
    return sizes;
  }

  private static List<Integer> pieces(Random random, int length) {
    int most = 1 + random.nextInt(random.nextBoolean() ? 16 : Math.max(1, length));
    List<Integer> sizes = new ArrayList<>();
    for (int left = length; left > 0; ) {
      int size = Math.min(left, 1 + random.nextInt(most));
      sizes.add(size);
      left -= size;
    }
    return sizes;
  }

  private final class Recorder extends ChannelInboundHandlerAdapter {
    private final List<Object> messages = new ArrayList<>();
    private @Nullable StringBuilder bytes;
    private @Nullable String failure;
    private int failures;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      try {
        if (msg instanceof ByteBuf b) {
          if (bytes == null) {
            bytes = new StringBuilder();
          }
          bytes.append(ByteBufUtil.hexDump(b));
        } else {
          endBytes();
          messages.add(requireNonNull(describe.apply(msg)));
        }
      } finally {
        ReferenceCountUtil.release(msg);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failures++;
      if (failure == null) {
        failure = cause.toString();
      }
    }

    private void endBytes() {
      if (bytes != null && !bytes.isEmpty()) {
        messages.add(new Bytes(bytes.toString()));
      }
      bytes = null;
    }

    Outcome outcome(boolean closed, String written) {
      endBytes();
      return new Outcome(List.copyOf(messages), failure, failures, closed, written);
    }
  }
}
