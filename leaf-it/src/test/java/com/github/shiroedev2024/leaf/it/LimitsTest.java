package com.github.shiroedev2024.leaf.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is too much or makes no sense is refused, and what runs goes on. */
class LimitsTest {
  private static final String CONFIG =
      """
      {"options": {"maxConnections": 4, "inboundAcceptTimeout": 1},
       "log": {"level": "debug"},
       "inbounds": [{"tag": "in", "protocol": "mixed", "address": "127.0.0.1", "port": 0}],
       "outbounds": [{"tag": "direct", "protocol": "direct"}]}
      """;

  @TempDir Path folder;

  private static void exchange(Socket socket) throws IOException {
    socket.getOutputStream().write(new byte[64]);
    assertThat(socket.getInputStream().readNBytes(64)).hasSize(64);
  }

  /** Whether the other side ends it, in whatever way, without a word. */
  private static boolean refused(Socket socket) {
    try {
      socket.setSoTimeout(10_000);
      return socket.getInputStream().read() < 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void connectionsOverTheLimitAreRefusedWithOneLine() throws Exception {
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO);
        Leaf leaf = Leaf.start(folder, CONFIG)) {
      List<Socket> held = new ArrayList<>();
      for (int n = 0; n < 4; n++) {
        Socket socket = leaf.connect("in", echo.address());
        exchange(socket);
        held.add(socket);
      }
      for (int n = 0; n < 20; n++) {
        try (Socket excess = new Socket("127.0.0.1", leaf.inbound("in").getPort())) {
          assertThat(refused(excess)).isTrue();
        }
      }
      for (Socket socket : held) {
        exchange(socket);
        socket.close();
      }
      String log = leaf.call("GET", "/api/v1/runtime/logs/json?limit=10000").body();
      assertThat(log.split("refusing connections", -1)).hasSize(2);
      Await.until(
          "there is room again",
          () -> {
            try (Socket socket = leaf.connect("in", echo.address())) {
              exchange(socket);
              return true;
            } catch (IOException e) {
              return false;
            }
          });
    }
  }

  @Test
  void garbageAndSilenceEndTheirOwnConnectionOnly() throws Exception {
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO);
        Leaf leaf = Leaf.start(folder, CONFIG);
        Socket good = leaf.connect("in", echo.address())) {
      exchange(good);
      Random random = new Random(11);
      for (int n = 0; n < 50; n++) {
        byte[] garbage = new byte[1 + random.nextInt(4000)];
        random.nextBytes(garbage);
        try (Socket bad = new Socket("127.0.0.1", leaf.inbound("in").getPort())) {
          bad.getOutputStream().write(garbage);
          bad.shutdownOutput();
          bad.setSoTimeout(10_000);
          bad.getInputStream().readAllBytes();
        } catch (IOException e) {
          assertThat(e)
              .as("a reset is an answer too, silence is not")
              .isNotInstanceOf(java.net.SocketTimeoutException.class);
        }
      }
      try (Socket silent = new Socket("127.0.0.1", leaf.inbound("in").getPort())) {
        silent.getOutputStream().write(5);
        assertThat(refused(silent)).isTrue();
      }
      exchange(good);
    }
  }

  @Test
  void twoRuntimesInOneProcessKnowNothingOfEachOther() throws Exception {
    Path one = Files.createDirectory(folder.resolve("one"));
    Path two = Files.createDirectory(folder.resolve("two"));
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO);
        Leaf first = Leaf.start(one, CONFIG);
        Leaf second = Leaf.start(two, CONFIG)) {
      try (Socket socket = first.connect("in", echo.address())) {
        exchange(socket);
      }
      Await.until(
          "the first has logged it",
          () -> first.call("GET", "/api/v1/runtime/logs/json").body().contains("leaf.session"));
      assertThat(second.call("GET", "/api/v1/runtime/logs/json").body())
          .doesNotContain("leaf.session");
      assertThat(
              second.object("/api/v1/runtime/usage/json?tag=direct").get("bytes_sent").getAsLong())
          .isZero();
      first.post("/api/v1/runtime/shutdown");
      first.runtime().stopped().join();
      try (Socket socket = second.connect("in", echo.address())) {
        exchange(socket);
      }
    }
  }
}
