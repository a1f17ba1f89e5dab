package com.github.shiroedev2024.leaf.engine.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.engine.relay.Relays.Link;
import com.github.shiroedev2024.leaf.engine.relay.Relays.Way;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Client and remote are plain sockets of the test; the relay stands between them, in every way that
 * there is. Every test ends by looking for pipes that are still open.
 */
@ExtendWith(LeakCheck.class)
class StreamRelayTest {
  private static final int MIB = 1 << 20;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Socket> sockets = new ArrayList<>();
  private EngineOptions options = EngineOptions.defaults();
  private @Nullable Relays relays;

  @AfterEach
  void close() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    Relays used = relays;
    if (used != null) {
      used.close();
      assertThat(used.sessions.active()).isEmpty();
      assertThat(used.splicing.pipes()).as("pipes").isZero();
    }
    threads.close();
  }

  private Relays relays(Way way) throws Exception {
    Relays made = new Relays(way, options);
    relays = made;
    return made;
  }

  private Link connect(Way way) throws Exception {
    Relays made = relays;
    return connect(made == null ? relays(way) : made);
  }

  private Link connect(Relays through) throws Exception {
    Link link = through.connect();
    sockets.add(link.client());
    sockets.add(link.remote());
    return link;
  }

  private Future<byte[]> readAll(Socket from) {
    return threads.submit(() -> from.getInputStream().readAllBytes());
  }

  private Future<?> sendAll(Socket to, byte[] bytes) {
    return threads.submit(
        () -> {
          to.getOutputStream().write(bytes);
          to.shutdownOutput();
          return null;
        });
  }

  private static void ended(Link link, CloseReason reason) {
    Await.until("the session has ended", () -> link.session().closeReason() != null);
    assertThat(link.session().closeReason()).isEqualTo(reason);
    Await.until("its sockets are closed", () -> !link.inner().isOpen() && !link.outer().isOpen());
  }

  /** Until the counter stands still: whatever can wait on the way does. */
  private static void settled(Session session) {
    long[] last = {-1};
    Await.until(
        "the counters stand still",
        () -> {
          long now = session.sent() + session.received();
          boolean still = now > 0 && now == last[0];
          last[0] = now;
          return still;
        });
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void carriesBothDirectionsWholeAndCountsThem(Way way) throws Exception {
    Link link = connect(way);
    Seeds.run(
        42,
        random -> {
          byte[] up = Seeds.bytes(random, 9 * MIB + 1);
          byte[] down = Seeds.bytes(random, 7 * MIB + 3);
          Future<byte[]> atRemote = readAll(link.remote());
          Future<byte[]> atClient = readAll(link.client());
          sendAll(link.client(), up);
          sendAll(link.remote(), down);
          assertThat(Arrays.equals(atRemote.get(20, TimeUnit.SECONDS), up)).isTrue();
          assertThat(Arrays.equals(atClient.get(20, TimeUnit.SECONDS), down)).isTrue();
          ended(link, CloseReason.FINISHED);
          assertThat(link.session().sent()).isEqualTo(up.length);
          assertThat(link.session().received()).isEqualTo(down.length);
        });
    assertThat(Objects.requireNonNull(relays).splicing.streams()).isEqualTo(way.splices ? 1 : 0);
  }

  @Test
  void aSessionThatHasEndedLetsGoOfItsChannels() throws Exception {
    options =
        options
            .with(EngineOptions.TCP_UPLINK_TIMEOUT, Duration.ofHours(1))
            .with(EngineOptions.TCP_DOWNLINK_TIMEOUT, Duration.ofHours(1));
    WeakReference<Channel> ended = endedOneSideAfterTheOther();
    Await.until(
        "nothing holds the channel any more",
        () -> {
          System.gc();
          return ended.get() == null;
        });
  }

  private WeakReference<Channel> endedOneSideAfterTheOther() throws Exception {
    Link link = connect(Way.COPY_NIO);
    link.client().shutdownOutput();
    assertThat(link.remote().getInputStream().read()).isEqualTo(-1);
    link.remote().shutdownOutput();
    ended(link, CloseReason.FINISHED);
    return new WeakReference<>(link.inner());
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void tinyAndHugeWritesArriveInOrderAndAreCountedWhileTheyGo(Way way) throws Exception {
    Link link = connect(way);
    Seeds.forEach(
        3,
        random -> {
          long sentBefore = link.session().sent();
          long receivedBefore = link.session().received();
          int pieces = 300;
          byte[] up = Seeds.bytes(random, 3 * MIB);
          byte[] down = Seeds.bytes(random, 3 * MIB);
          Future<byte[]> atRemote = readExactly(link.remote(), up.length);
          Future<byte[]> atClient = readExactly(link.client(), down.length);
          Future<?> sending = sendInPieces(link.client(), up, pieces, new Random(random.nextInt()));
          sendInPieces(link.remote(), down, pieces, new Random(random.nextInt())).get();
          sending.get();
          assertThat(Arrays.equals(atRemote.get(20, TimeUnit.SECONDS), up)).isTrue();
          assertThat(Arrays.equals(atClient.get(20, TimeUnit.SECONDS), down)).isTrue();
          Await.until(
              "exact counters, of a session that goes on",
              () ->
                  link.session().sent() - sentBefore == up.length
                      && link.session().received() - receivedBefore == down.length);
        });
    link.client().shutdownOutput();
    link.remote().shutdownOutput();
    ended(link, CloseReason.FINISHED);
  }

  private Future<byte[]> readExactly(Socket from, int length) {
    return threads.submit(() -> from.getInputStream().readNBytes(length));
  }

  /** Most pieces have a few bytes, some are huge, and the last is what is left. */
  private Future<?> sendInPieces(Socket to, byte[] bytes, int pieces, Random random) {
    return threads.submit(
        () -> {
          OutputStream out = to.getOutputStream();
          to.setTcpNoDelay(true);
          int at = 0;
          for (int i = 0; i < pieces && at < bytes.length; i++) {
            int length = random.nextInt(20) == 0 ? random.nextInt(400_000) : 1 + random.nextInt(90);
            length = Math.min(length, bytes.length - at);
            out.write(bytes, at, length);
            at += length;
          }
          out.write(bytes, at, bytes.length - at);
          return null;
        });
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void answersGoBackAndForth(Way way) throws Exception {
    Link link = connect(way);
    byte[] question = new byte[64];
    for (int i = 0; i < 500; i++) {
      Arrays.fill(question, (byte) i);
      link.client().getOutputStream().write(question);
      byte[] arrived = link.remote().getInputStream().readNBytes(question.length);
      assertThat(arrived).isEqualTo(question);
      link.remote().getOutputStream().write(arrived);
      assertThat(link.client().getInputStream().readNBytes(question.length)).isEqualTo(question);
    }
    assertThat(link.session().sent()).isEqualTo(500 * 64);
    assertThat(link.session().received()).isEqualTo(500 * 64);
    link.client().shutdownOutput();
    link.remote().shutdownOutput();
    ended(link, CloseReason.FINISHED);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void halfCloseByTheClientLeavesTheOtherDirectionOpen(Way way) throws Exception {
    Link link = connect(way);
    sendAll(link.client(), new byte[] {1, 2, 3}).get();
    assertThat(readAll(link.remote()).get(5, TimeUnit.SECONDS)).containsExactly(1, 2, 3);
    Await.until("the send direction is complete", () -> link.session().sendCompleted());
    assertThat(link.session().receiveCompleted()).isFalse();
    byte[] answer = new byte[3 * MIB];
    Future<byte[]> atClient = readAll(link.client());
    sendAll(link.remote(), answer).get();
    assertThat(atClient.get(5, TimeUnit.SECONDS)).hasSize(answer.length);
    ended(link, CloseReason.FINISHED);
    assertThat(link.session().received()).isEqualTo(answer.length);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void halfCloseByTheRemoteLeavesTheOtherDirectionOpen(Way way) throws Exception {
    Link link = connect(way);
    sendAll(link.remote(), new byte[] {1, 2, 3}).get();
    assertThat(readAll(link.client()).get(5, TimeUnit.SECONDS)).containsExactly(1, 2, 3);
    Await.until("the receive direction is complete", () -> link.session().receiveCompleted());
    assertThat(link.session().sendCompleted()).isFalse();
    byte[] rest = new byte[3 * MIB];
    Future<byte[]> atRemote = readAll(link.remote());
    sendAll(link.client(), rest).get();
    assertThat(atRemote.get(5, TimeUnit.SECONDS)).hasSize(rest.length);
    ended(link, CloseReason.FINISHED);
    assertThat(link.session().sent()).isEqualTo(rest.length);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void silentRemoteIsEndedAfterItsTimeout(Way way) throws Exception {
    options = options.with(EngineOptions.TCP_DOWNLINK_TIMEOUT, Duration.ofMillis(200));
    Link link = connect(way);
    sendAll(link.client(), new byte[] {1}).get();
    assertThat(readAll(link.client()).get(5, TimeUnit.SECONDS)).isEmpty();
    ended(link, CloseReason.HALF_CLOSED_TIMEOUT);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void silentClientIsEndedAfterItsTimeout(Way way) throws Exception {
    options = options.with(EngineOptions.TCP_UPLINK_TIMEOUT, Duration.ofMillis(200));
    Link link = connect(way);
    sendAll(link.remote(), new byte[] {1}).get();
    assertThat(readAll(link.remote()).get(5, TimeUnit.SECONDS)).isEmpty();
    ended(link, CloseReason.HALF_CLOSED_TIMEOUT);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void nothingIsLostWhileASessionIsHandedOver(Way way) throws Exception {
    Relays through = relays(way);
    Seeds.forEach(
        150,
        random -> {
          Link link = through.connectAtOnce();
          sockets.add(link.client());
          sockets.add(link.remote());
          byte[] up = Seeds.bytes(random, 1 + random.nextInt(1 << (1 + random.nextInt(18))));
          byte[] down = Seeds.bytes(random, 1 + random.nextInt(1 << (1 + random.nextInt(18))));
          Future<byte[]> atRemote = readAll(link.remote());
          Future<byte[]> atClient = readAll(link.client());
          boolean clientFirst = random.nextBoolean();
          Socket first = clientFirst ? link.client() : link.remote();
          Socket second = clientFirst ? link.remote() : link.client();
          first.getOutputStream().write(clientFirst ? up : down);
          first.shutdownOutput();
          second.getOutputStream().write(clientFirst ? down : up);
          second.shutdownOutput();
          assertThat(Arrays.equals(atRemote.get(10, TimeUnit.SECONDS), up)).isTrue();
          assertThat(Arrays.equals(atClient.get(10, TimeUnit.SECONDS), down)).isTrue();
          ended(link, CloseReason.FINISHED);
          assertThat(link.session().sent()).isEqualTo(up.length);
          assertThat(link.session().received()).isEqualTo(down.length);
          link.client().close();
          link.remote().close();
        });
  }

  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private static void readsUntilReset(Socket socket) {
    assertThatThrownBy(
            () -> {
              InputStream in = socket.getInputStream();
              byte[] some = new byte[64 * 1024];
              while (in.read(some) >= 0) {
                Thread.onSpinWait();
              }
            })
        .isInstanceOf(SocketException.class);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void resetByTheRemoteIsPassedOnAsReset(Way way) throws Exception {
    Link link = connect(way);
    reset(link.remote());
    readsUntilReset(link.client());
    ended(link, CloseReason.REMOTE_RESET);
    assertThat(link.session().closeDetail()).contains("Connection reset");
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void resetByTheClientIsPassedOnAsReset(Way way) throws Exception {
    Link link = connect(way);
    reset(link.client());
    readsUntilReset(link.remote());
    ended(link, CloseReason.CLIENT_RESET);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void resetsAtAnyPointEndTheSessionAndNothingElse(Way way) throws Exception {
    Relays through = relays(way);
    Link bystander = connect(through);
    Seeds.forEach(
        25,
        random -> {
          Link link = connect(through);
          boolean byClient = random.nextBoolean();
          Socket resetting = byClient ? link.client() : link.remote();
          Socket other = byClient ? link.remote() : link.client();
          int before = random.nextInt(2 * MIB);
          Future<?> sending =
              threads.submit(
                  () -> {
                    while (true) {
                      other.getOutputStream().write(new byte[MIB]);
                    }
                  });
          resetting.getOutputStream().write(new byte[random.nextInt(100_000)]);
          resetting.getInputStream().readNBytes(before);
          reset(resetting);
          ended(link, byClient ? CloseReason.CLIENT_RESET : CloseReason.REMOTE_RESET);
          assertThat(byClient ? link.session().received() : link.session().sent())
              .isGreaterThanOrEqualTo(before);
          assertThatThrownBy(sending::get).hasCauseInstanceOf(SocketException.class);
        });
    sendAll(bystander.client(), new byte[] {7}).get();
    assertThat(readAll(bystander.remote()).get(5, TimeUnit.SECONDS)).containsExactly(7);
    bystander.remote().shutdownOutput();
    ended(bystander, CloseReason.FINISHED);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void readerThatStopsHoldsTheSenderBack(Way way) throws Exception {
    Link link = connect(way);
    byte[] sent = Seeds.bytes(new Random(7), 64 * MIB);
    Future<?> sending = sendAll(link.remote(), sent);
    settled(link.session());
    assertThat(link.session().received()).isLessThan(32L * MIB);
    assertThat(sending.isDone()).isFalse();
    // The other direction is not held back by it.
    link.client().getOutputStream().write(5);
    assertThat(link.remote().getInputStream().read()).isEqualTo(5);
    assertThat(Arrays.equals(readAll(link.client()).get(20, TimeUnit.SECONDS), sent)).isTrue();
    sending.get(5, TimeUnit.SECONDS);
    link.client().shutdownOutput();
    ended(link, CloseReason.FINISHED);
    assertThat(link.session().received()).isEqualTo(sent.length);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void resetOfAReaderThatStoppedEndsTheSession(Way way) throws Exception {
    Link link = connect(way);
    sendAll(link.remote(), new byte[64 * MIB]);
    settled(link.session());
    reset(link.client());
    ended(link, CloseReason.CLIENT_RESET);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void resetOfASenderThatIsHeldBackEndsTheSession(Way way) throws Exception {
    Link link = connect(way);
    Future<?> sending =
        threads.submit(
            () -> {
              link.remote().getOutputStream().write(new byte[64 * MIB]);
              return null;
            });
    settled(link.session());
    reset(link.remote());
    if (way == Way.COPY_NIO) {
      readAll(link.client()); // the JDK's selectors tell of no error where nothing is to be read
    }
    ended(link, CloseReason.REMOTE_RESET);
    assertThatThrownBy(sending::get).hasCauseInstanceOf(SocketException.class);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void closeFromOutsideEndsBothSides(Way way) throws Exception {
    Link link = connect(way);
    link.session().close(CloseReason.CLOSED_BY_API);
    assertThat(readAll(link.client()).get(5, TimeUnit.SECONDS)).isEmpty();
    assertThat(readAll(link.remote()).get(5, TimeUnit.SECONDS)).isEmpty();
    ended(link, CloseReason.CLOSED_BY_API);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void closeFromOutsideStillGivesWhatWasCounted(Way way) throws Exception {
    Link link = connect(way);
    byte[] sent = Seeds.bytes(new Random(8), 64 * MIB);
    sendAll(link.remote(), sent);
    settled(link.session());
    link.session().close(CloseReason.CLOSED_BY_API);
    byte[] arrived = readAll(link.client()).get(10, TimeUnit.SECONDS);
    ended(link, CloseReason.CLOSED_BY_API);
    assertThat(arrived).hasSize((int) link.session().received());
    assertThat(Arrays.equals(arrived, 0, arrived.length, sent, 0, arrived.length)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void closedClientChannelEndsTheSession(Way way) throws Exception {
    Link link = connect(way);
    link.inner().close();
    assertThat(readAll(link.remote()).get(5, TimeUnit.SECONDS)).isEmpty();
    ended(link, CloseReason.CLIENT_GONE);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void aSlowClientGetsAllOfARemoteThatHasEnded(Way way) throws Exception {
    Link link = connect(way);
    byte[] piece = new byte[16 * 1024];
    long sent = 0;
    for (boolean paused = false; !paused; ) {
      link.remote().getOutputStream().write(piece);
      sent += piece.length;
      paused = !reaches(link.session(), sent);
    }
    link.remote().shutdownOutput(); // arrives while the relay does not read
    assertThat(readAll(link.client()).get(10, TimeUnit.SECONDS)).hasSize((int) sent);
    assertThat(link.session().closeReason()).isNull();
    link.client().shutdownOutput();
    ended(link, CloseReason.FINISHED);
  }

  /** Whether the session has received so many bytes within a moment. */
  private static boolean reaches(Session session, long bytes) {
    try {
      Await.until(Duration.ofMillis(200), "received", () -> session.received() >= bytes);
      return true;
    } catch (AssertionError notYet) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void hundredsOfConnectionsAtOnce(Way way) throws Exception {
    Relays through = relays(way);
    List<Link> links = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      links.add(connect(through));
    }
    byte[] sent = Seeds.bytes(new Random(9), 100_000); // fits into what lies between the ends
    for (Link link : links) {
      for (Socket socket : new Socket[] {link.client(), link.remote()}) {
        socket.getOutputStream().write(sent);
        socket.shutdownOutput();
      }
    }
    for (Link link : links) {
      for (Socket socket : new Socket[] {link.client(), link.remote()}) {
        assertThat(Arrays.equals(socket.getInputStream().readAllBytes(), sent)).isTrue();
      }
    }
    for (Link link : links) {
      ended(link, CloseReason.FINISHED);
      assertThat(link.session().sent()).isEqualTo(sent.length);
      assertThat(link.session().received()).isEqualTo(sent.length);
    }
    Await.until("no pipe is open", () -> through.splicing.pipes() == 0);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void endOfTheEventLoopInTheMiddleClosesEverything(Way way) throws Exception {
    Relays through = relays(way);
    Link busy = connect(through);
    Link held = connect(through);
    Link idle = connect(through);
    threads.submit(
        () -> busy.client().getInputStream().transferTo(OutputStream.nullOutputStream()));
    threads.submit(
        () -> {
          while (true) {
            busy.remote().getOutputStream().write(new byte[MIB]);
          }
        });
    sendAll(held.remote(), new byte[64 * MIB]);
    settled(held.session());
    Await.until("much has moved", () -> busy.session().received() > 20 * MIB);
    // Without a quiet time a loop of Netty's may end before it has closed what is registered.
    through.loops.shutdownGracefully(50, 2000, TimeUnit.MILLISECONDS).await(5, TimeUnit.SECONDS);
    for (Link link : List.of(busy, held, idle)) {
      assertThat(link.session().closeReason()).as("%s", link).isNotNull();
      assertThat(link.inner().isOpen()).as("client of %s", link).isFalse();
      assertThat(link.outer().isOpen()).as("remote of %s", link).isFalse();
    }
    assertThat(through.splicing.pipes()).isZero();
  }
}
