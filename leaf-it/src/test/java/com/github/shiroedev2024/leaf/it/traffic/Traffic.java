package com.github.shiroedev2024.leaf.it.traffic;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.it.traffic.SocksClient.Association;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.EchoServer.Mode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What must come through every proxy unharmed; each check opens its own connections. */
public final class Traffic {
  /** No check takes longer on a busy machine unless something hangs. */
  public static final Duration LIMIT = Duration.ofSeconds(90);

  /** Bytes that one side sends before it ends. */
  private static final int ENDING_BYTES = (1 << 20) + 7;

  /** What a remote answers in {@link #wholeEnds} when the client has gone. */
  public static final int UNREAD_BYTES = 64;

  private static final int AFTERWARDS_BYTES = 50_000;

  // A peer that passes no end on is closed by Leaf 10 s after the client has gone.
  private static final Duration ENDING = Duration.ofSeconds(30);

  private Traffic() {}

  /** A hundred small messages, each answered before the next. */
  public static void pingPong(Door door) throws Exception {
    try (EchoServer echo = EchoServer.start(Mode.ECHO);
        Socket socket = door.connect(echo.address())) {
      Random random = new Random(11);
      for (int n = 0; n < 100; n++) {
        byte[] ping = new byte[1 + random.nextInt(2000)];
        random.nextBytes(ping);
        socket.getOutputStream().write(ping);
        assertThat(socket.getInputStream().readNBytes(ping.length)).isEqualTo(ping);
      }
    }
  }

  /** So many bytes each way, both ways at once. */
  public static void bulk(Door door, long size) throws Exception {
    // The socket closes first: a writer blocked in it ends then.
    try (ExecutorService writer = Executors.newSingleThreadExecutor();
        EchoServer echo = EchoServer.start(Mode.ECHO);
        Socket socket = door.connect(echo.address())) {
      Future<String> sent =
          writer.submit(() -> copy(EchoServer.pattern(size, 13), socket.getOutputStream(), size));
      String received = copy(socket.getInputStream(), OutputStream.nullOutputStream(), size);
      assertThat(received).isEqualTo(Await.result(sent));
    }
  }

  private static String copy(InputStream from, OutputStream to, long size) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] buffer = new byte[64 * 1024];
    long left = size;
    while (left > 0) {
      int n = from.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw new IOException("the stream ends " + left + " bytes early");
      }
      digest.update(buffer, 0, n);
      to.write(buffer, 0, n);
      left -= n;
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The remote ends by itself, and all it sent arrives. */
  public static void remoteEnds(Door door) throws Exception {
    try (EchoServer source = EchoServer.start(Mode.source(ENDING_BYTES, 17));
        Socket socket = door.connect(source.address())) {
      assertThat(EchoServer.sha256(socket.getInputStream()))
          .isEqualTo(EchoServer.sha256(EchoServer.pattern(ENDING_BYTES, 17)));
    }
  }

  /** All that the remote sends arrives, whatever becomes of its end. */
  public static void remoteIsRead(Door door) throws Exception {
    try (EchoServer source = EchoServer.start(Mode.source(ENDING_BYTES, 17));
        Socket socket = door.connect(source.address())) {
      assertThat(copy(socket.getInputStream(), OutputStream.nullOutputStream(), ENDING_BYTES))
          .isEqualTo(EchoServer.sha256(EchoServer.pattern(ENDING_BYTES, 17)));
    }
  }

  /** All that the client sends arrives, whatever becomes of its end. */
  public static void clientIsRead(Door door) throws Exception {
    try (EchoServer sink = EchoServer.start(Mode.SINK);
        Socket socket = door.connect(sink.address())) {
      EchoServer.pattern(ENDING_BYTES, 19).transferTo(socket.getOutputStream());
      Await.until(ENDING, "all has arrived", () -> sink.bytesReceived() == ENDING_BYTES);
    }
  }

  /** The client ends its direction, and the answer made of all it sent arrives. */
  public static void clientHalfCloses(Door door) throws Exception {
    try (EchoServer sink = EchoServer.start(Mode.SINK);
        Socket socket = door.connect(sink.address())) {
      EchoServer.pattern(ENDING_BYTES, 19).transferTo(socket.getOutputStream());
      socket.shutdownOutput();
      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .isEqualTo(EchoServer.sha256(EchoServer.pattern(ENDING_BYTES, 19)));
    }
  }

  /** The remote ends its direction, and what the client sends from then on arrives. */
  public static void remoteHalfCloses(Door door) throws Exception {
    try (EchoServer source = EchoServer.start(Mode.source(1, 17));
        Socket socket = door.connect(source.address())) {
      InputStream in = socket.getInputStream();
      assertThat(in.readNBytes(1)).hasSize(1);
      assertThat(in.read()).as("the remote's end").isEqualTo(-1);
      EchoServer.pattern(AFTERWARDS_BYTES, 19).transferTo(socket.getOutputStream());
      socket.shutdownOutput();
      Await.until("the remote has seen the end", () -> source.ended() == 1);
      assertThat(source.bytesReceived()).isEqualTo(AFTERWARDS_BYTES);
    }
  }

  /** Where no end of one direction is carried: both ends close, and no byte is lost. */
  public static void wholeEnds(Door door) throws Exception {
    wholeEnds(door, 0);
  }

  /**
   * The same.
   *
   * @param first bytes that have to arrive before the rest is written
   */
  @SuppressWarnings("try") // the close in the middle is what is checked
  public static void wholeEnds(Door door, int first) throws Exception {
    try (EchoServer sink = EchoServer.start(Mode.SINK);
        Socket socket = door.connect(sink.address())) {
      InputStream pattern = EchoServer.pattern(ENDING_BYTES, 19);
      socket.getOutputStream().write(pattern.readNBytes(first));
      Await.until("the first bytes have arrived", () -> sink.bytesReceived() == first);
      pattern.transferTo(socket.getOutputStream());
      socket.close();
      Await.until(
          ENDING,
          "all has arrived and ended",
          () -> sink.accepted() > 0 && sink.connections() == 0);
      assertThat(sink.bytesReceived()).isEqualTo(ENDING_BYTES);
    }
  }

  /** Fifty datagrams of these sizes to two peers in turn, each coming back. */
  public static void datagrams(SocksClient client, int least, int most) throws Exception {
    try (EchoServer one = EchoServer.start(Mode.ECHO);
        EchoServer other = EchoServer.start(Mode.ECHO);
        Association association = client.associate()) {
      Random random = new Random(29);
      for (int n = 0; n < 50; n++) {
        byte[] payload = new byte[least + random.nextInt(most - least + 1)];
        random.nextBytes(payload);
        InetSocketAddress peer = (n % 2 == 0 ? one : other).address();
        association.send(peer, payload);
        assertThat(association.receives(peer, payload)).as("datagram %d comes back", n).isTrue();
      }
    }
  }

  /** So many connections at once, all of them alive together. */
  public static void connections(Door door, int count) throws Exception {
    connections(door, count, 1);
  }

  /**
   * The same.
   *
   * @param attempts how often each may be tried until it works
   */
  public static void connections(Door door, int count, int attempts) throws Exception {
    List<Socket> open = new ArrayList<>();
    try (EchoServer echo = EchoServer.start(Mode.ECHO);
        ExecutorService threads = Executors.newFixedThreadPool(32)) {
      List<Future<Socket>> sockets = new ArrayList<>();
      for (int n = 0; n < count; n++) {
        int seed = n;
        sockets.add(threads.submit(() -> exchanged(door, echo.address(), seed, attempts)));
      }
      for (Future<Socket> socket : sockets) {
        open.add(Await.result(LIMIT, socket));
      }
      assertThat(echo.accepted()).isBetween(count, count * attempts);
      for (Socket socket : open) {
        exchange(socket, 23);
      }
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  private static Socket exchanged(Door door, InetSocketAddress echo, int seed, int attempts)
      throws IOException {
    for (int left = attempts; ; left--) {
      Socket socket = door.connect(echo);
      try {
        exchange(socket, seed);
        return socket;
      } catch (IOException | AssertionError e) {
        socket.close();
        if (left == 1) {
          throw e;
        }
      }
    }
  }

  /** A thousand bytes to an echo and back. */
  public static void exchange(Socket socket, int seed) throws IOException {
    byte[] payload = new byte[1000];
    new Random(seed).nextBytes(payload);
    socket.getOutputStream().write(payload);
    assertThat(socket.getInputStream().readNBytes(payload.length)).isEqualTo(payload);
  }
}
