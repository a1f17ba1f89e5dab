package com.github.shiroedev2024.leaf.engine.transport.amux;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Both ends of a connection, each against bytes written by hand. */
@ExtendWith(LeakCheck.class)
class AmuxConnectionTest {
  /** What came up one stream. */
  private static final class Seen extends ChannelInboundHandlerAdapter {
    private final Channel stream;
    private final StringBuilder text = new StringBuilder();
    private boolean ended;
    private boolean inactive;
    private @Nullable Throwable failure;

    Seen(Channel stream) {
      this.stream = stream;
      stream.pipeline().addLast(this);
    }

    @Nullable CloseReason reason() {
      return failure instanceof SessionException known ? known.reason() : null;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ByteBuf bytes = (ByteBuf) msg;
      text.append(bytes.toString(StandardCharsets.US_ASCII));
      bytes.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      ended |= event == ChannelInputShutdownEvent.INSTANCE;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      inactive = true;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failure = cause;
    }
  }

  private final List<Seen> accepted = new ArrayList<>();
  private final EmbeddedChannel wire = new EmbeddedChannel();

  private EmbeddedChannel server() {
    return server(EngineOptions.defaults());
  }

  private EmbeddedChannel server(EngineOptions options) {
    wire.pipeline().addLast(new AmuxServer(wire, s -> accepted.add(new Seen(s)), options));
    return wire;
  }

  private void receive(String hex) {
    wire.writeInbound(Unpooled.wrappedBuffer(Client.hex(hex)));
  }

  private String written() {
    StringBuilder hex = new StringBuilder();
    for (ByteBuf b = wire.readOutbound(); b != null; b = wire.readOutbound()) {
      hex.append(ByteBufUtil.hexDump(b));
      b.release();
    }
    return hex.toString();
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }

  private static void flush(Channel stream, Object message) {
    stream.writeAndFlush(message);
  }

  private AmuxClient client(int limit) {
    AmuxPool pool = new AmuxPool(wire.eventLoop());
    AmuxClient client =
        new AmuxClient(
            wire,
            "amux server x:1",
            limit,
            new AmuxClient.Limits(AmuxFrames.IDS, AmuxFrames.IDS, 0, 0),
            pool);
    wire.pipeline().addLast(client);
    return client;
  }

  @Test
  void eachNewIdIsAStreamThatCanAnswer() {
    server();
    receive("01 0007 0002 6869 01 0009 0001 78 01 0007 0001 21");
    assertThat(accepted).hasSize(2);
    assertThat(accepted.get(0).text).hasToString("hi!");
    assertThat(accepted.get(1).text).hasToString("x");
    flush(accepted.get(0).stream, bytes("ok"));
    assertThat(written()).isEqualTo("01000700026f6b");
    wire.finishAndReleaseAll();
  }

  @Test
  void eachDirectionEndsByItself() {
    server();
    receive("01 0007 0002 6869 02 0007");
    Seen stream = accepted.getFirst();
    assertThat(stream.ended).isTrue();
    assertThat(stream.inactive).isFalse();
    flush(stream.stream, bytes("ok"));
    flush(stream.stream, EndOfStream.INSTANCE);
    assertThat(written()).isEqualTo("01000700026f6b" + "020007");
    stream.stream.close();
    assertThat(written()).as("the end is told once").isEmpty();
    wire.finishAndReleaseAll();
  }

  @Test
  void abortTellsTheEnd() {
    server();
    receive("01 0007 0002 6869");
    accepted.getFirst().stream.close();
    assertThat(written()).isEqualTo("020007");
    assertThat(wire.isOpen()).isTrue();
    wire.finishAndReleaseAll();
  }

  @Test
  void restOfAnAbortedStreamMakesNoNewOne() {
    server();
    receive("01 0007 0002 6869");
    accepted.getFirst().stream.close();
    receive("01 0007 0002 6869");
    assertThat(accepted).hasSize(1);
    receive("02 0007 01 0007 0002 6869");
    assertThat(accepted).as("after the peer's own end the id is free again").hasSize(2);
    wire.finishAndReleaseAll();
  }

  @Test
  void idsOfSilentStreamsAreFreeAgainAfterFourSeconds() {
    server();
    wire.freezeTime();
    receive("01 0007 0002 6869");
    accepted.getFirst().stream.close();
    wire.advanceTimeBy(5, TimeUnit.SECONDS);
    receive("01 0007 0002 6869");
    assertThat(accepted).hasSize(2);
    wire.finishAndReleaseAll();
  }

  @Test
  void finOfNoStreamIsIgnored() {
    server();
    receive("02 0007");
    assertThat(accepted).isEmpty();
    assertThat(wire.isOpen()).isTrue();
    wire.finishAndReleaseAll();
  }

  @Test
  void malformedFramesFailAllStreams() {
    server();
    receive("01 0007 0001 61 01 0008 0001 62");
    receive("07");
    for (Seen stream : accepted) {
      assertThat(stream.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
      assertThat(stream.ended).isFalse();
      assertThat(stream.inactive).isTrue();
    }
    assertThat(wire.isOpen()).isFalse();
    wire.finishAndReleaseAll();
  }

  @Test
  void garbageAtTheStartIsDrainedUntilTheTimeout() {
    server();
    wire.freezeTime();
    receive("47455420");
    receive("01 0007 0001 61");
    assertThat(accepted).isEmpty();
    assertThat(wire.isOpen()).isTrue();
    wire.advanceTimeBy(61, TimeUnit.SECONDS);
    wire.runPendingTasks();
    assertThat(wire.isOpen()).isFalse();
    wire.finishAndReleaseAll();
  }

  @Test
  void endOfTheConnectionIsAFailureOfItsStreams() {
    server();
    receive("01 0007 0001 61");
    wire.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(accepted.getFirst().reason()).isEqualTo(CloseReason.CLIENT_RESET);
    assertThat(accepted.getFirst().ended).isFalse();
    wire.finishAndReleaseAll();
  }

  @Test
  void streamThatIsDoneOutlivesItsConnection() {
    server();
    receive("01 0007 0001 61");
    Seen stream = accepted.getFirst();
    stream.stream.config().setAutoRead(false);
    receive("01 0007 0001 62 02 0007");
    flush(stream.stream, EndOfStream.INSTANCE);
    wire.finishAndReleaseAll();
    assertThat(stream.failure).isNull();
    stream.stream.config().setAutoRead(true);
    assertThat(stream.text).hasToString("ab");
    assertThat(stream.ended).isTrue();
    stream.stream.close();
  }

  @Test
  void fullStreamStopsTheConnectionAndDrainingLetsItGoOn() {
    server(EngineOptions.defaults().with(EngineOptions.AMUX_STREAM_CHANNEL_SIZE, 2));
    receive("01 0007 0001 61");
    Seen stream = accepted.getFirst();
    stream.stream.config().setAutoRead(false);
    receive("01 0007 0001 62");
    assertThat(wire.config().isAutoRead()).isTrue();
    receive("01 0007 0001 63");
    assertThat(wire.config().isAutoRead()).isFalse();
    assertThat(stream.text).hasToString("a");
    stream.stream.read();
    assertThat(stream.text).as("one read is one piece").hasToString("ab");
    assertThat(wire.config().isAutoRead()).isTrue();
    stream.stream.config().setAutoRead(true);
    assertThat(stream.text).hasToString("abc");
    wire.finishAndReleaseAll();
  }

  @Test
  void closingAFullStreamLetsTheConnectionGoOn() {
    server(EngineOptions.defaults().with(EngineOptions.AMUX_STREAM_CHANNEL_SIZE, 1));
    receive("01 0007 0001 61");
    Seen stream = accepted.getFirst();
    stream.stream.config().setAutoRead(false);
    receive("01 0007 0001 62");
    assertThat(wire.config().isAutoRead()).isFalse();
    stream.stream.close();
    assertThat(wire.config().isAutoRead()).isTrue();
    wire.finishAndReleaseAll();
  }

  @Test
  void moreStreamsThanAllowedAreEndedAtOnce() {
    server(EngineOptions.defaults().with(EngineOptions.AMUX_ACCEPT_CHANNEL_SIZE, 1));
    receive("01 0007 0001 61 01 0008 0001 62");
    assertThat(accepted).hasSize(1);
    assertThat(written()).isEqualTo("020008");
    wire.finishAndReleaseAll();
  }

  @Test
  void clientSendsNothingUntilSomethingIsWritten() {
    AmuxClient client = client(16);
    AmuxStream stream = client.open();
    assertThat(written()).isEmpty();
    flush(stream, Unpooled.EMPTY_BUFFER);
    assertThat(written()).as("an empty frame would be an end").isEmpty();
    flush(stream, bytes("a"));
    assertThat(written()).isEqualTo("01" + id(stream) + "000161");
    wire.finishAndReleaseAll();
  }

  private static String id(AmuxStream stream) {
    return String.format("%04x", stream.streamId());
  }

  @Test
  void largeWritesAreSplit() {
    AmuxStream stream = client(16).open();
    flush(stream, Unpooled.wrappedBuffer(new byte[AmuxFrames.MAX_DATA + 1]));
    String zeros = "00".repeat(AmuxFrames.MAX_DATA);
    assertThat(written())
        .isEqualTo("01" + id(stream) + "ffff" + zeros + "01" + id(stream) + "000100");
    wire.finishAndReleaseAll();
  }

  @Test
  void clientDropsWhatIsForNoStream() {
    client(16);
    receive("01 0007 0001 61 02 0007 01 0008 0000");
    assertThat(wire.isOpen()).isTrue();
    wire.finishAndReleaseAll();
  }

  @Test
  void idsNeverCollide() {
    AmuxClient client = client(16);
    boolean[] used = new boolean[AmuxFrames.IDS];
    for (int i = 0; i < AmuxFrames.IDS; i++) {
      assertThat(client.takesMore()).isTrue();
      AmuxStream stream = client.open();
      assertThat(used[stream.streamId()]).isFalse();
      used[stream.streamId()] = true;
      stream.close();
      written();
    }
    assertThat(client.takesMore()).isFalse();
    wire.finishAndReleaseAll();
  }

  @Test
  void nothingIsLostInGarbage() {
    Seeds.forEach(
        200,
        random -> {
          EmbeddedChannel channel = new EmbeddedChannel();
          channel
              .pipeline()
              .addLast(
                  new AmuxServer(
                      channel, s -> accepted.add(new Seen(s)), EngineOptions.defaults()));
          for (int i = 0; i < 10 && channel.isOpen(); i++) {
            byte[] bytes = Seeds.bytes(random, 1 + random.nextInt(50));
            bytes[0] = (byte) (1 + random.nextInt(2));
            channel.writeInbound(Unpooled.wrappedBuffer(bytes));
          }
          channel.finishAndReleaseAll();
          assertThat(accepted)
              .allMatch(seen -> seen.inactive || seen.ended || !seen.stream.isOpen());
          accepted.clear();
        });
  }
}
