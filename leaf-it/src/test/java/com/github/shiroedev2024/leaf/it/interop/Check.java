package com.github.shiroedev2024.leaf.it.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.it.interop.SocksClient.Association;
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

/** What must work through every pair of programs; each opens its own connections. */
enum Check {
  PING_PONG("TCP ping-pong") {
    @Override
    void run(SocksClient client, boolean halfClose) throws Exception {
      try (EchoServer echo = EchoServer.start(Mode.ECHO);
          Socket socket = client.connect(echo.address())) {
        Random random = new Random(11);
        for (int n = 0; n < 100; n++) {
          byte[] ping = new byte[1 + random.nextInt(2000)];
          random.nextBytes(ping);
          socket.getOutputStream().write(ping);
          assertThat(socket.getInputStream().readNBytes(ping.length)).isEqualTo(ping);
        }
      }
    }
  },

  BULK("64 MiB both ways at once") {
    @Override
    void run(SocksClient client, boolean halfClose) throws Exception {
      long size = 64L << 20;
      try (EchoServer echo = EchoServer.start(Mode.ECHO);
          Socket socket = client.connect(echo.address());
          ExecutorService writer = Executors.newSingleThreadExecutor()) {
        Future<String> sent =
            writer.submit(() -> copy(EchoServer.pattern(size, 13), socket.getOutputStream(), size));
        String received = copy(socket.getInputStream(), OutputStream.nullOutputStream(), size);
        assertThat(received).isEqualTo(Await.result(sent));
      }
    }
  },

  HALF_CLOSE("half-close, or whole ends") {
    @SuppressWarnings("try") // the close in the middle is what is checked
    @Override
    void run(SocksClient client, boolean halfClose) throws Exception {
      long size = (1 << 20) + 7;
      try (EchoServer source = EchoServer.start(Mode.source(size, 17));
          Socket socket = client.connect(source.address())) {
        assertThat(EchoServer.sha256(socket.getInputStream()))
            .isEqualTo(EchoServer.sha256(EchoServer.pattern(size, 17)));
      }
      try (EchoServer sink = EchoServer.start(Mode.SINK);
          Socket socket = client.connect(sink.address())) {
        EchoServer.pattern(size, 19).transferTo(socket.getOutputStream());
        if (halfClose) {
          socket.shutdownOutput();
          assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
              .isEqualTo(EchoServer.sha256(EchoServer.pattern(size, 19)));
        } else {
          socket.close();
          // A peer that passes no end on is closed by Leaf 10 s after the client has gone.
          Await.until(
              ENDING,
              "all has arrived and ended",
              () -> sink.accepted() > 0 && sink.connections() == 0);
          assertThat(sink.bytesReceived()).isEqualTo(size);
        }
      }
    }
  },

  UDP_SMALL("UDP, small") {
    @Override
    void run(SocksClient client, boolean halfClose) throws Exception {
      echoed(client, 1, 64);
    }

    @Override
    boolean datagrams() {
      return true;
    }
  },

  UDP_1400("UDP, 1,400 B") {
    @Override
    void run(SocksClient client, boolean halfClose) throws Exception {
      echoed(client, 1400, 1400);
    }

    @Override
    boolean datagrams() {
      return true;
    }
  },

  CONNECTIONS("200 connections") {
    @Override
    void run(SocksClient client, boolean halfClose) throws Exception {
      List<Socket> open = new ArrayList<>();
      try (EchoServer echo = EchoServer.start(Mode.ECHO);
          ExecutorService threads = Executors.newFixedThreadPool(32)) {
        List<Future<Socket>> sockets = new ArrayList<>();
        for (int n = 0; n < 200; n++) {
          int seed = n;
          sockets.add(threads.submit(() -> exchanged(client, echo.address(), seed)));
        }
        for (Future<Socket> socket : sockets) {
          open.add(Await.result(LIMIT, socket));
        }
        assertThat(echo.accepted()).isEqualTo(200);
        for (Socket socket : open) {
          exchange(socket, 23);
        }
      } finally {
        for (Socket socket : open) {
          socket.close();
        }
      }
    }
  };

  /** No check takes longer on a busy machine unless something hangs. */
  static final Duration LIMIT = Duration.ofSeconds(90);

  private static final Duration ENDING = Duration.ofSeconds(30);

  private final String words;

  Check(String words) {
    this.words = words;
  }

  /**
   * @param halfClose whether an end of one direction reaches the other side as that
   */
  abstract void run(SocksClient client, boolean halfClose) throws Exception;

  boolean datagrams() {
    return false;
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

  private static void echoed(SocksClient client, int least, int most) throws Exception {
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

  private static Socket exchanged(SocksClient client, InetSocketAddress echo, int seed)
      throws IOException {
    Socket socket = client.connect(echo);
    exchange(socket, seed);
    return socket;
  }

  private static void exchange(Socket socket, int seed) throws IOException {
    byte[] payload = new byte[1000];
    new Random(seed).nextBytes(payload);
    socket.getOutputStream().write(payload);
    assertThat(socket.getInputStream().readNBytes(payload.length)).isEqualTo(payload);
  }

  @Override
  public String toString() {
    return words;
  }
}
