package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.codec.HeaderWait;
import com.github.shiroedev2024.leaf.engine.codec.LeadingBytes;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.ScriptedServer;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.helpers.NOPLoggerFactory;

@ExtendWith(LeakCheck.class)
final class TrojanOutboundTest {
  private static final Destination TARGET = Destination.of("site.example", 443);
  private static final byte[] KEY = TrojanKey.of("password");

  private final List<AutoCloseable> open = new ArrayList<>();
  private final SmallEngine near = closing(new SmallEngine());

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T closing(T part) {
    open.add(part);
    return part;
  }

  private TrojanOutbound outbound(@Nullable Destination server) {
    return new TrojanOutbound(
        "node", new TrojanOptions(server, "password"), new NOPLoggerFactory());
  }

  private static Destination local(int port) {
    return Destination.of("127.0.0.1", port);
  }

  private Future<Channel> connect(TrojanOutbound outbound, Destination to, Dialer below) {
    Session session = near.session(Network.TCP, to);
    Future<Channel> connected = near.onLoop(session, () -> outbound.connect(session, to, below));
    Await.until("connected or not", connected::isDone);
    return connected;
  }

  private static SessionException failure(Future<Channel> connected) {
    return (SessionException) connected.cause();
  }

  private static byte[] request(Network network, Destination destination) {
    ByteBuf request = Unpooled.buffer();
    TrojanRequest.write(KEY, network, destination, request);
    return ByteBufUtil.getBytes(request);
  }

  // When the request goes

  private static EmbeddedChannel stream() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    channel.pipeline().addLast(LeadingBytes.request(request(Network.TCP, TARGET)));
    return channel;
  }

  private static byte @Nullable [] next(EmbeddedChannel channel) {
    ByteBuf written = channel.readOutbound();
    if (written == null) {
      return null;
    }
    byte[] bytes = ByteBufUtil.getBytes(written);
    written.release();
    return bytes;
  }

  @Test
  void theRequestGoesWithTheFirstBytesInOneBuffer() {
    EmbeddedChannel channel = stream();
    channel.flush();
    assertThat(next(channel)).isNull();
    channel.writeOutbound(Unpooled.copiedBuffer("hello", US_ASCII));
    byte[] request = request(Network.TCP, TARGET);
    assertThat(next(channel))
        .isEqualTo(
            ByteBufUtil.getBytes(Unpooled.wrappedBuffer(request, "hello".getBytes(US_ASCII))));
    channel.writeOutbound(Unpooled.copiedBuffer("again", US_ASCII));
    assertThat(next(channel)).isEqualTo("again".getBytes(US_ASCII));
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(next(channel)).isNull();
    channel.finishAndReleaseAll();
  }

  @Test
  void theRequestGoesAloneWhenNothingComes() {
    EmbeddedChannel channel = stream();
    channel.advanceTimeBy(HeaderWait.MILLIS, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(next(channel)).isEqualTo(request(Network.TCP, TARGET));
    channel.writeOutbound(Unpooled.copiedBuffer("late", US_ASCII));
    assertThat(next(channel)).isEqualTo("late".getBytes(US_ASCII));
    channel.finishAndReleaseAll();
  }

  @Test
  void theRequestGoesBeforeAnEnd() {
    EmbeddedChannel channel = stream();
    channel.writeOutbound(EndOfStream.INSTANCE);
    assertThat(next(channel)).isEqualTo(request(Network.TCP, TARGET));
    assertThat(channel.<Object>readOutbound()).isSameAs(EndOfStream.INSTANCE);
    channel.finishAndReleaseAll();
  }

  @Test
  void nothingIsLeftOfAStreamThatWasClosedFirst() {
    EmbeddedChannel channel = stream();
    channel.close();
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(next(channel)).isNull();
    channel.finishAndReleaseAll();
  }

  // On sockets

  @Test
  void handsTheServersStreamUp() {
    byte[] expected = request(Network.TCP, TARGET);
    ScriptedServer server =
        closing(
            new ScriptedServer(
                peer -> {
                  assertThat(peer.read(expected.length)).isEqualTo(expected);
                  peer.send("welcome");
                  peer.readAll();
                }));
    TrojanOutbound outbound = outbound(local(server.port()));
    Future<Channel> connected = connect(outbound, TARGET, near.dialer());
    Channel channel = connected.getNow();
    assertThat(channel.config().isAutoRead()).isFalse();
    assertThat(Path.of(channel).hops()).containsExactly(outbound);
    channel.close().syncUninterruptibly();
  }

  @Test
  void aRefusedServerIsTold() throws Exception {
    ScriptedServer server = new ScriptedServer(peer -> {});
    server.close();
    SessionException failure =
        failure(connect(outbound(local(server.port())), TARGET, near.dialer()));
    assertThat(failure.reason()).isEqualTo(CloseReason.REFUSED);
  }

  @Test
  void aNameThatDoesNotFitIsTold() {
    SessionException failure =
        failure(connect(outbound(local(1)), Destination.of("x".repeat(256), 1), near.dialer()));
    assertThat(failure.reason()).isEqualTo(CloseReason.NOT_SUPPORTED);
    assertThat(failure).hasMessageContaining("trojan server 127.0.0.1:1");
  }

  @Test
  void withoutAnAddressThePartBelowIsAskedForTheDestination() {
    List<Destination> asked = new ArrayList<>();
    Dialer below =
        new Dialer() {
          @Override
          public Future<Channel> dial(Session session, Destination destination) {
            asked.add(destination);
            return session
                .loop()
                .newFailedFuture(new SessionException(CloseReason.DIAL_FAILED, "enough"));
          }

          @Override
          public Future<Channel> associate(Session session, Destination first) {
            throw new AssertionError("UDP goes on a stream");
          }
        };
    assertThat(failure(connect(outbound(null), TARGET, below))).hasMessage("enough");
    assertThat(asked).containsExactly(TARGET);
    Session session = near.session(Network.UDP, TARGET);
    near.onLoop(session, () -> outbound(null).associate(session, TARGET, below));
    assertThat(asked).containsExactly(TARGET, TARGET);

    SessionException alone = failure(connect(outbound(null), TARGET, near.dialer()));
    assertThat(alone.reason()).isEqualTo(CloseReason.NOT_SUPPORTED);
    assertThat(alone).hasMessageContaining("no address").hasMessageContaining("'node'");
  }

  @Test
  void udpNeedsAStreamBelow() {
    TrojanOutbound outbound = outbound(null);
    for (Network network : Network.values()) {
      assertThat(outbound.carries(network)).isTrue();
      assertThat(outbound.carriesOver(network, EnumSet.of(Network.TCP))).isTrue();
      assertThat(outbound.carriesOver(network, EnumSet.of(Network.UDP))).isFalse();
    }
  }

  // Our client to our server

  private int server(SmallEngine far) {
    TrojanInboundOptions options =
        new TrojanInboundOptions(List.of(new TrojanUser("password", "ann")), null);
    return far.listen(context -> new TrojanInbound("in", options, context));
  }

  /** The port of an inbound without a protocol of its own: trojan again, over the outbound. */
  private Client through(TrojanOutbound outbound) {
    near.through(outbound);
    TrojanInboundOptions options =
        new TrojanInboundOptions(List.of(new TrojanUser("near", null)), null);
    return closing(new Client(near.listen(c -> new TrojanInbound("near", options, c))));
  }

  private static byte[] nearRequest(Network network, Destination destination) {
    ByteBuf request = Unpooled.buffer();
    TrojanRequest.write(TrojanKey.of("near"), network, destination, request);
    return ByteBufUtil.getBytes(request);
  }

  @Test
  void carriesAStreamToOurServer() {
    SmallEngine far = closing(new SmallEngine());
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO_AFTER_END));
    Client client = through(outbound(local(server(far))));
    byte[] payload = Seeds.bytes(new Random(7), 900_000);
    client.send(nearRequest(Network.TCP, local(echo.port()))).send(payload).endOutput();
    assertThat(client.readAll()).isEqualTo(payload);
    assertThat(far.sessions()).hasSize(1).first().extracting(Session::userId).isEqualTo("ann");
  }

  @Test
  void aRemoteThatSpeaksFirstIsHeard() {
    SmallEngine far = closing(new SmallEngine());
    EchoServer source = closing(EchoServer.start(EchoServer.Mode.source(100_000, 4)));
    Client client = through(outbound(local(server(far))));
    client.send(nearRequest(Network.TCP, local(source.port())));
    assertThat(client.readAll()).hasSize(100_000);
  }

  @Test
  void carriesDatagramsOfEverySizeToManyPeers() {
    SmallEngine far = closing(new SmallEngine());
    EchoServer a = closing(EchoServer.start(EchoServer.Mode.ECHO));
    EchoServer b = closing(EchoServer.start(EchoServer.Mode.ECHO));
    near.through(outbound(local(server(far))));
    Session session = near.session(Network.UDP, local(a.port()));
    Queue<Datagram> replies = new ConcurrentLinkedQueue<>();
    DatagramLink link =
        near.onLoop(
            session,
            () ->
                near.associate(
                    session,
                    new DatagramSink() {
                      @Override
                      public void receive(Datagram datagram) {
                        replies.add(datagram);
                      }

                      @Override
                      public void receiveComplete() {}
                    }));
    for (int size : new int[] {1, 1_400, 2_049, 65_507}) {
      for (EchoServer echo : List.of(a, b)) {
        byte[] payload = Seeds.bytes(new Random(size), size);
        session
            .loop()
            .execute(
                () -> link.send(new Datagram(local(echo.port()), Unpooled.wrappedBuffer(payload))));
        Datagram reply = Await.value("reply of " + size, replies::poll);
        assertThat(reply.peer()).isEqualTo(local(echo.port()));
        assertThat(ByteBufUtil.getBytes(reply.content())).isEqualTo(payload);
        reply.release();
      }
    }
    assertThat(far.sessions()).as("full cone: one association").hasSize(1);
    session.close(CloseReason.FINISHED);
    Session remote = far.sessions().getFirst();
    Await.until("the server's side is over", () -> remote.closeReason() != null);
  }

  @Test
  void aServerThatEndsEndsTheAssociation() {
    ScriptedServer server = closing(new ScriptedServer(peer -> peer.read(60)));
    near.through(outbound(local(server.port())));
    Session session = near.session(Network.UDP, local(9));
    DatagramLink link =
        near.onLoop(
            session,
            () ->
                near.associate(
                    session,
                    new DatagramSink() {
                      @Override
                      public void receive(Datagram datagram) {
                        datagram.release();
                      }

                      @Override
                      public void receiveComplete() {}
                    }));
    session
        .loop()
        .execute(() -> link.send(new Datagram(local(9), Unpooled.wrappedBuffer(new byte[1]))));
    Await.until("over", () -> session.closeReason() != null);
  }
}
