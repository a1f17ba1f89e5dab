package com.github.shiroedev2024.leaf.engine.sniff;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.registry.Registry;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
import com.github.shiroedev2024.leaf.engine.sniff.Hellos.Client;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FirstBytesTest {
  private static final byte[] HELLO = hello();

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Session session = session(channel);
  private @Nullable FirstBytes connecting;
  private @Nullable FirstBytes first;

  private static byte[] hello() {
    try {
      return Hellos.of(Client.JDK, "www.a-b.example");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Session session(EmbeddedChannel channel) {
    return new Session(
        1,
        Network.TCP,
        "in",
        new InetSocketAddress("127.0.0.1", 5000),
        Destination.of("192.0.2.1", 443),
        null,
        channel.eventLoop(),
        SessionEvents.NONE,
        0);
  }

  private void begin() {
    channel.freezeTime();
    channel.config().setAutoRead(false);
    first = FirstBytes.install(session, channel, Registry.sniffers(), held -> connecting = held);
    first.begin();
  }

  private void comes(byte[] bytes, int from, int length) {
    channel.pipeline().fireChannelRead(Unpooled.copiedBuffer(bytes, from, length));
    channel.pipeline().fireChannelReadComplete();
  }

  private void passes(int millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  /** What the remote gets once it is there. */
  private String granted() {
    List<String> got = new ArrayList<>();
    channel
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object msg) {
                got.add(ByteBufUtil.hexDump((ByteBuf) msg));
                ((ByteBuf) msg).release();
              }

              @Override
              public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                got.add(event == ChannelInputShutdownEvent.INSTANCE ? "end" : event.toString());
              }
            });
    Objects.requireNonNull(connecting).granted(channel, channel);
    assertThat(channel.pipeline().get(FirstBytes.class)).isNull();
    assertThat(channel.runScheduledPendingTasks()).as("timers left").isEqualTo(-1);
    return String.join(" ", got);
  }

  @AfterEach
  void nothingIsLeft() {
    channel.close();
    channel.checkException();
  }

  @Test
  void waitsForASilentClientNoLonger() {
    begin();
    assertThat(channel.config().isAutoRead()).isTrue();
    passes(FirstBytes.SILENCE_MILLIS - 1);
    assertThat(connecting).isNull();
    passes(1);
    assertThat(connecting).isNotNull();
    assertThat(channel.config().isAutoRead()).isFalse();
    assertThat(granted()).isEmpty();
  }

  @Test
  void waitsForASlowClientNoLonger() {
    begin();
    for (int i = 0; i < 5; i++) {
      comes(HELLO, i, 1);
      passes(FirstBytes.TOTAL_MILLIS / 5 - 1);
      assertThat(connecting).isNull();
    }
    passes(5);
    assertThat(connecting).isNotNull();
    assertThat(session.names().best()).isNull();
    comes(HELLO, 5, HELLO.length - 5); // what was on its way goes on too
    assertThat(granted()).isEqualTo(ByteBufUtil.hexDump(HELLO));
  }

  @Test
  void looksAtSoManyReads() {
    begin();
    for (int i = 0; i < FirstBytes.MAX_READS; i++) {
      assertThat(connecting).as("after %d reads", i).isNull();
      comes(HELLO, i, 1);
    }
    assertThat(connecting).isNotNull();
    assertThat(granted()).isEqualTo(ByteBufUtil.hexDump(HELLO, 0, FirstBytes.MAX_READS));
  }

  @Test
  void looksAtSoManyBytes() {
    begin();
    byte[] endless = new byte[FirstBytes.MAX_BYTES];
    byte[] start = "GET / HTTP/1.1\r\nX: ".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    System.arraycopy(start, 0, endless, 0, start.length);
    comes(endless, 0, endless.length - 1);
    assertThat(connecting).isNull();
    comes(endless, endless.length - 1, 1);
    assertThat(connecting).isNotNull();
    assertThat(granted()).isEqualTo(ByteBufUtil.hexDump(endless));
  }

  @Test
  void goesOnWithTheNameAtOnce() {
    begin();
    comes(HELLO, 0, 100);
    assertThat(connecting).isNull();
    comes(HELLO, 100, HELLO.length - 100);
    assertThat(connecting).isNotNull();
    assertThat(session.names().tls()).isEqualTo("www.a-b.example");
    assertThat(channel.config().isAutoRead()).isFalse();
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(granted()).isEqualTo(ByteBufUtil.hexDump(HELLO) + " end");
  }

  @Test
  void goesOnWhenTheClientHasSaidAll() {
    begin();
    comes(HELLO, 0, 100);
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(connecting).isNotNull();
    assertThat(granted()).isEqualTo(ByteBufUtil.hexDump(HELLO, 0, 100) + " end");
  }

  @Test
  void looksAtWhatCameWithTheRequest() {
    channel.freezeTime();
    first = FirstBytes.install(session, channel, Registry.sniffers(), held -> connecting = held);
    comes(HELLO, 0, HELLO.length);
    assertThat(connecting).isNull();
    first.begin();
    assertThat(connecting).isNotNull();
    assertThat(session.names().tls()).isEqualTo("www.a-b.example");
    assertThat(granted()).isEqualTo(ByteBufUtil.hexDump(HELLO));
  }

  @Test
  void aClientThatGoesEndsTheSession() {
    begin();
    ByteBuf bytes = Unpooled.copiedBuffer(HELLO, 0, 100);
    channel.pipeline().fireChannelRead(bytes);
    channel.close();
    channel.runPendingTasks();
    assertThat(session.closeReason()).isEqualTo(CloseReason.CLIENT_GONE);
    assertThat(bytes.refCnt()).isZero();
    passes(FirstBytes.TOTAL_MILLIS);
    assertThat(connecting).isNull();
  }

  @Test
  void aSessionThatEndsClosesTheClient() {
    begin();
    ByteBuf bytes = Unpooled.copiedBuffer(HELLO, 0, 100);
    channel.pipeline().fireChannelRead(bytes);
    session.end(CloseReason.CLOSED_BY_API, null);
    channel.runPendingTasks();
    assertThat(channel.isOpen()).isFalse();
    assertThat(bytes.refCnt()).isZero();
    passes(FirstBytes.TOTAL_MILLIS);
    assertThat(connecting).isNull();
  }

  @Test
  void passesAllOnHoweverItIsCut() {
    byte[] stream = java.util.Arrays.copyOf(HELLO, HELLO.length + 5000);
    DecoderVerifier verifier =
        DecoderVerifier.of(
            () -> {
              EmbeddedChannel cut = new EmbeddedChannel();
              FirstBytes.install(
                      session(cut),
                      cut,
                      Registry.sniffers(),
                      held -> cut.eventLoop().execute(() -> held.granted(cut, cut)))
                  .begin();
              return cut;
            });
    assertThat(verifier.verify(stream).bytes()).isEqualTo(stream);
  }
}
