package com.github.shiroedev2024.leaf.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.FreePorts;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Large streams through whole instances do go through the kernel's pipes, wherever both ends are
 * plain TCP, and not where something stands above a socket; what the API says and does is the same.
 * That bytes are in a pipe shows in the process's descriptors while the reader does not read.
 */
class SplicedStreamsTest {
  private static final int PIECE = 1 << 20;
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @TempDir Path folder;

  private static String near(String inbound, String node, boolean splice) {
    return """
    {"inbounds": [{"tag": "in", "protocol": "%s", "address": "127.0.0.1", "port": 0}],
     "outbounds": [
       %s,
       {"tag": "OUT", "protocol": "select", "settings": {"actors": ["node"]}}],
     "options": {"relaySplice": %b},
     "router": {"rules": [{"type": "FINAL", "target": "OUT"}]}}
    """
        .formatted(inbound, node, splice);
  }

  private static String far(String protocol, int port) {
    return """
    {"inbounds": [{"tag": "far", "protocol": "%s", "address": "127.0.0.1", "port": %d%s}],
     "outbounds": [{"tag": "direct", "protocol": "direct"}]}
    """
        .formatted(
            protocol,
            port,
            protocol.equals("shadowsocks")
                ? ", \"settings\": {\"method\": \"aes-128-gcm\", \"password\": \"secret\"}"
                : "");
  }

  private static String node(String protocol, int port) {
    return switch (protocol) {
      case "direct" -> "{\"tag\": \"node\", \"protocol\": \"direct\"}";
      case "shadowsocks" ->
          """
          {"tag": "node", "protocol": "shadowsocks", "settings": {"address": "127.0.0.1",
           "port": %d, "method": "aes-128-gcm", "password": "secret"}}
          """
              .formatted(port);
      default ->
          """
          {"tag": "node", "protocol": "%s", "settings": {"address": "127.0.0.1", "port": %d}}
          """
              .formatted(protocol, port);
    };
  }

  /** Ends of pipes that this process holds. */
  private static int pipeEnds() {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return (int) descriptors.filter(SplicedStreamsTest::isPipe).count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isPipe(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("pipe:");
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  private static Socket connect(Leaf leaf, String inbound, InetSocketAddress to)
      throws IOException {
    if (!inbound.equals("http")) {
      return leaf.connect("in", to);
    }
    Socket socket = new Socket(LOOPBACK, leaf.inbound("in").getPort());
    socket.setSoTimeout(20_000);
    String host = "127.0.0.1:" + to.getPort();
    socket
        .getOutputStream()
        .write(
            ("CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) socket.getInputStream().read());
    }
    assertThat(head).startsWith("HTTP/1.1 200");
    return socket;
  }

  /** Writes until the connection is closed; each piece begins with its number. */
  private static Void flood(Socket to) throws IOException {
    byte[] piece = new byte[PIECE];
    try (OutputStream out = to.getOutputStream()) {
      for (int n = 0; ; n++) {
        piece[0] = (byte) n;
        out.write(piece);
      }
    } catch (SocketException closed) {
      return null;
    }
  }

  private static void readPieces(InputStream in, int from, int count) throws IOException {
    for (int n = from; n < from + count; n++) {
      byte[] piece = in.readNBytes(PIECE);
      assertThat(piece).hasSize(PIECE);
      assertThat(piece[0]).isEqualTo((byte) n);
    }
  }

  private static boolean pipesHold(int before, int more) {
    try {
      Await.until(Duration.ofMillis(300), "pipes", () -> pipeEnds() - before == more);
      return true;
    } catch (AssertionError notYet) {
      return false;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "socks, direct, true, 1",
    "http, direct, true, 1",
    "mixed, direct, true, 1",
    "socks, redirect, true, 1",
    "socks, socks, true, 2",
    "http, http, true, 2",
    "socks, shadowsocks, true, 0",
    "socks, direct, false, 0",
  })
  void bytesAreInPipesWhereBothEndsArePlain(
      String inbound, String outbound, boolean splice, int spliced) throws Exception {
    if (!Transports.nativeAvailable()) {
      throw PeerProgram.missing("no epoll here, so nothing to splice with");
    }
    int farPort = FreePorts.any();
    boolean hasFar = !outbound.equals("direct") && !outbound.equals("redirect");
    int before = pipeEnds();
    try (ServerSocket remote = new ServerSocket(0, 10, LOOPBACK);
        ExecutorService threads = Executors.newCachedThreadPool();
        Leaf far =
            hasFar
                ? Leaf.start(Files.createDirectories(folder.resolve("far")), far(outbound, farPort))
                : null;
        Leaf leaf =
            Leaf.start(
                folder,
                near(inbound, node(outbound, hasFar ? farPort : remote.getLocalPort()), splice))) {
      InetSocketAddress to = (InetSocketAddress) remote.getLocalSocketAddress();
      try (Socket client = connect(leaf, inbound, to);
          Socket server = remote.accept()) {
        threads.submit(() -> flood(server));
        InputStream in = client.getInputStream();
        int read = 0;
        boolean held = false;
        // The first large read of a process only starts to find out whether it can be done.
        while (!held && read < (spliced > 0 ? 400 : 64)) {
          readPieces(in, read, 8);
          read += 8;
          held = spliced > 0 && pipesHold(before, 2 * spliced);
        }
        assertThat(held).isEqualTo(spliced > 0);
        if (spliced == 0) {
          assertThat(pipeEnds()).isEqualTo(before);
        }
        JsonObject live =
            leaf.get("/api/v1/runtime/stat/json").getAsJsonArray().get(0).getAsJsonObject();
        assertThat(live.get("bytes_recvd").getAsLong()).isGreaterThan((long) read * PIECE);
        leaf.post("/api/v1/runtime/stat/close?id=" + live.get("id").getAsLong());
        long got = (long) read * PIECE + in.readAllBytes().length;
        Await.until(
            "the totals are what the client got",
            () ->
                leaf.object("/api/v1/runtime/usage/json?tag=OUT").get("bytes_recvd").getAsLong()
                    == got);
      }
      Await.until(
          "nothing is open",
          () -> leaf.get("/api/v1/runtime/stat/json").getAsJsonArray().isEmpty());
      if (far != null) {
        Await.until(
            "nothing is open there",
            () -> far.get("/api/v1/runtime/stat/json").getAsJsonArray().isEmpty());
      }
      Await.until("no pipe is open", () -> pipeEnds() == before);
    }
  }
}
