package com.github.shiroedev2024.leaf.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a fuzz target holds against decoders in a channel, whatever they are fed: nothing escapes
 * but one documented failure, they put out no more than they were given, and once the channel is
 * closed they hold no buffer and no timer.
 *
 * <p>The first byte of an input says how the others are fed: bits 0 to 5 how they are cut (0 whole,
 * 1 byte by byte, else pieces whose sizes follow from them), bit 6 whether the peer half-closes at
 * the end.
 */
public final class DecoderFuzz {
  private static final int HALF_CLOSE = 0x40;
  private static final int CUTS = 0x3f;

  /** More than any decoder takes to close in order. */
  private static final int CLOSING_SECONDS = 60;

  private final Supplier<EmbeddedChannel> channels;
  private final Class<? extends Throwable> failure;
  private long factor = 1;
  private long extra;
  private boolean sameHoweverCut = true;

  private DecoderFuzz(Supplier<EmbeddedChannel> channels, Class<? extends Throwable> failure) {
    this.channels = channels;
    this.failure = failure;
  }

  /**
   * Decoders under test.
   *
   * @param channels each call must give a new channel that holds nothing but them
   * @param failure what may reach the tail, once
   */
  public static DecoderFuzz of(
      Supplier<EmbeddedChannel> channels, Class<? extends Throwable> failure) {
    return new DecoderFuzz(channels, failure);
  }

  /** Lets as many bytes out, up and down together: {@code factor} for each byte fed, and more. */
  public DecoderFuzz atMost(long factor, long extra) {
    this.factor = factor;
    this.extra = extra;
    return this;
  }

  /** For decoders whose output is not the same each time, or depends on the pieces. */
  public DecoderFuzz cutMatters() {
    sameHoweverCut = false;
    return this;
  }

  /** Feeds an input whose first byte says how; the rest is what the peer sends. */
  public void run(byte[] input) {
    if (input.length > 0) {
      run(input[0], Arrays.copyOfRange(input, 1, input.length));
    }
  }

  /**
   * Feeds these bytes.
   *
   * @param how see the class
   */
  public void run(byte how, byte[] bytes) {
    String cut = feed(how, bytes);
    if (sameHoweverCut && (how & CUTS) != 0) {
      String whole = feed((byte) (how & ~CUTS), bytes);
      if (!whole.equals(cut)) {
        throw new AssertionError("whole: " + whole + "\n  cut: " + cut);
      }
    }
  }

  private String feed(byte how, byte[] bytes) {
    UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(true, true);
    EmbeddedChannel channel = channels.get();
    channel.config().setAllocator(alloc);
    channel.freezeTime();
    Tail tail = new Tail();
    channel.pipeline().addLast(tail);
    Random cuts = new Random(how & CUTS);
    for (int at = 0; at < bytes.length && channel.isOpen(); ) {
      int size = Math.min(bytes.length - at, size(how & CUTS, cuts, bytes.length));
      ByteBuf piece = alloc.buffer(size).writeBytes(bytes, at, size);
      at += size;
      feed(channel, piece);
    }
    if ((how & HALF_CLOSE) != 0 && channel.isOpen()) {
      channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
      channel.runPendingTasks();
    }
    close(channel);
    long written = 0;
    for (Object m = channel.readOutbound(); m != null; m = channel.readOutbound()) {
      written += size(m);
      ReferenceCountUtil.release(m);
    }
    check(tail, channel, bytes.length, written);
    long held = alloc.metric().usedDirectMemory() + alloc.metric().usedHeapMemory();
    if (held != 0) {
      throw new AssertionError(held + " bytes of buffers are held after the close");
    }
    long timer = channel.runScheduledPendingTasks();
    if (timer >= 0) {
      throw new AssertionError("a timer is left, due in " + timer + " ns");
    }
    return tail.seen + " then " + tail.failure;
  }

  /** Tasks run behind it, as a loop has it, not within. */
  private void feed(EmbeddedChannel channel, ByteBuf piece) {
    try {
      channel.writeInbound(piece);
    } catch (Throwable e) {
      // Closed again, an EmbeddedChannel does end its pipeline within the read, and what follows
      // there finds no tail.
      if (channel.isOpen() || !failure.isInstance(e)) {
        throw e;
      }
    }
  }

  private static void close(EmbeddedChannel channel) {
    channel.pipeline().close(); // the channel's own close would cancel all timers
    channel.runPendingTasks();
    if (channel.isOpen()) { // HTTP/2 lets its streams end first
      channel.advanceTimeBy(CLOSING_SECONDS, TimeUnit.SECONDS);
      channel.runScheduledPendingTasks();
      channel.runPendingTasks();
    }
    if (channel.isOpen()) {
      throw new AssertionError("still open " + CLOSING_SECONDS + " s after the close");
    }
  }

  private void check(Tail tail, EmbeddedChannel channel, int fed, long written) {
    Throwable first = tail.failure;
    if (tail.failures > 1 || (first != null && !failure.isInstance(first))) {
      throw new AssertionError(tail.failures + " failures reached the tail, first", first);
    }
    channel.checkException(); // what no tail saw
    if (tail.bytes + written > factor * fed + extra) {
      throw new AssertionError(fed + " bytes made " + tail.bytes + " above, " + written + " below");
    }
  }

  private static int size(int how, Random cuts, int length) {
    return switch (how) {
      case 0 -> length;
      case 1 -> 1;
      default -> 1 + cuts.nextInt((how & 1) == 0 ? 8 : 1 + length / 2);
    };
  }

  private static long size(Object message) {
    return switch (message) {
      case ByteBuf b -> b.readableBytes();
      case ByteBufHolder h -> h.content().readableBytes();
      default -> 0;
    };
  }

  private static final class Tail extends ChannelInboundHandlerAdapter {
    private final StringBuilder seen = new StringBuilder();
    private boolean inBytes;
    private long bytes;
    private int failures;
    private @Nullable Throwable failure;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      try {
        bytes += size(msg);
        if (msg instanceof ByteBuf b) {
          seen.append(inBytes ? "" : " ").append(ByteBufUtil.hexDump(b));
          inBytes = true;
        } else {
          inBytes = false;
          seen.append(" ").append(msg.getClass().getSimpleName());
          if (msg instanceof ByteBufHolder h) {
            seen.append(" ").append(ByteBufUtil.hexDump(h.content()));
          }
        }
      } finally {
        ReferenceCountUtil.release(msg);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failures++;
      if (failure == null) {
        failure = cause;
      }
    }
  }
}
