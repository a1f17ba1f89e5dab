package com.github.shiroedev2024.leaf.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.FreePorts;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two real Shadowsocks servers behind a failover group and a select group. */
class ShadowsocksNodesTest {
  @TempDir Path folder;

  private final int portA = FreePorts.any();
  private final int portB = FreePorts.any();
  private @Nullable PeerProgram serverA;
  private @Nullable PeerProgram serverB;
  private @Nullable HttpServer probed;

  @BeforeEach
  void start() throws IOException {
    serverA = server(portA, "aes-256-gcm");
    serverB = server(portB, "chacha20-ietf-poly1305");
    HttpServer http = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    http.createContext(
        "/generate_204",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.start();
    probed = http;
  }

  @AfterEach
  void stop() {
    for (PeerProgram server : new @Nullable PeerProgram[] {serverA, serverB}) {
      if (server != null) {
        server.close();
      }
    }
    if (probed != null) {
      probed.stop(0);
    }
  }

  private static PeerProgram server(int port, String method) {
    return PeerProgram.start(
        List.of(
            "ss-server",
            "-s",
            "127.0.0.1",
            "-p",
            String.valueOf(port),
            "-k",
            "secret",
            "-m",
            method,
            "-u"),
        new InetSocketAddress("127.0.0.1", port));
  }

  private String config(String nodes, String names) {
    int http = Objects.requireNonNull(probed).getAddress().getPort();
    return """
    [General]
    socks-interface = 127.0.0.1
    socks-port = %d
    loglevel = warn
    health-check-url = http://127.0.0.1:%d/generate_204
    health-check-timeout = 3
    [Proxy]
    A = ss, 127.0.0.1, %d, aes-256-gcm, secret
    B = ss, 127.0.0.1, %d, chacha20-ietf-poly1305, secret
    D = direct
    %s
    [Proxy Group]
    AUTO = failover, A, B, fail-timeout=2, health-check-timeout=2, health-check-delay=10
    OUT = select, AUTO, A, B, D%s
    [Rule]
    FINAL,OUT
    """
        .formatted(FreePorts.any(), http, portA, portB, nodes, names);
  }

  private static void exchange(Socket socket) throws IOException {
    socket.getOutputStream().write(new byte[100]);
    assertThat(socket.getInputStream().readNBytes(100)).hasSize(100);
  }

  private static String carrier(Leaf leaf, EchoServer echo) throws IOException {
    try (Socket socket = leaf.connect("socks", echo.address())) {
      exchange(socket);
      JsonObject active =
          leaf.get("/api/v1/runtime/stat/json")
              .getAsJsonArray()
              .asList()
              .getLast()
              .getAsJsonObject();
      return active.get("outbound_tag").getAsString();
    }
  }

  private static @Nullable JsonObject actor(Leaf leaf, String name) {
    for (JsonElement one :
        leaf.object("/api/v1/app/outbound/failover/status?outbound=AUTO")
            .getAsJsonArray("actors")) {
      if (one.getAsJsonObject().get("name").getAsString().equals(name)) {
        return one.getAsJsonObject();
      }
    }
    return null;
  }

  private static boolean selected(Leaf leaf, String name) {
    JsonObject actor = actor(leaf, name);
    return actor != null && actor.get("is_selected").getAsBoolean();
  }

  @Test
  void trafficMovesWhenAServerDiesAndComesBackWithIt() throws Exception {
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO);
        Leaf leaf = Leaf.start(folder, config("", ""))) {
      leaf.post("/api/v1/app/outbound/failover/healthcheck?outbound=AUTO");
      Await.until(
          "both are measured",
          () ->
              !Objects.requireNonNull(actor(leaf, "A")).get("ping_ms").isJsonNull()
                  && !Objects.requireNonNull(actor(leaf, "B")).get("ping_ms").isJsonNull());
      String first = carrier(leaf, echo);
      assertThat(first).isIn("A", "B");
      String second = first.equals("A") ? "B" : "A";
      Objects.requireNonNull(first.equals("A") ? serverA : serverB).close();
      assertThat(carrier(leaf, echo)).isEqualTo(second);
      Await.until("the status shows the move", () -> selected(leaf, second));
      PeerProgram again =
          first.equals("A")
              ? server(portA, "aes-256-gcm")
              : server(portB, "chacha20-ietf-poly1305");
      try {
        leaf.post("/api/v1/app/outbound/failover/healthcheck?outbound=AUTO");
        Await.until(
            Duration.ofSeconds(15),
            "the first is measured again",
            () -> {
              JsonObject back = actor(leaf, first);
              if (back != null && !back.get("ping_ms").isJsonNull()) {
                return true;
              }
              leaf.post("/api/v1/app/outbound/failover/healthcheck?outbound=AUTO");
              return false;
            });
      } finally {
        again.close();
      }
    }
  }

  @Test
  void selectSwitchesNewConnectionsAndIsRemembered() throws Exception {
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO)) {
      try (Leaf leaf = Leaf.start(folder, config("", ""));
          Socket old = leaf.connect("socks", echo.address())) {
        exchange(old);
        leaf.post("/api/v1/app/outbound/select?outbound=OUT&select=B");
        assertThat(carrier(leaf, echo)).isEqualTo("B");
        exchange(old);
        leaf.post("/api/v1/runtime/reload");
        assertThat(carrier(leaf, echo)).isEqualTo("B");
      }
      try (Leaf leaf = Leaf.start(folder, config("", ""))) {
        assertThat(leaf.object("/api/v1/app/outbound/select?outbound=OUT").toString())
            .isEqualTo("{\"selected\":\"B\"}");
        assertThat(carrier(leaf, echo)).isEqualTo("B");
      }
    }
  }

  @Test
  void datagramsGoThroughPacketForPacket() throws Exception {
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO);
        Leaf leaf = Leaf.start(folder, config("", ""));
        Socket control = new Socket()) {
      leaf.post("/api/v1/app/outbound/select?outbound=OUT&select=A");
      control.connect(leaf.inbound("socks"), 5000);
      control.getOutputStream().write(new byte[] {5, 1, 0});
      assertThat(control.getInputStream().readNBytes(2)).containsExactly(5, 0);
      control.getOutputStream().write(new byte[] {5, 3, 0, 1, 0, 0, 0, 0, 0, 0});
      byte[] reply = control.getInputStream().readNBytes(10);
      assertThat(Arrays.copyOf(reply, 4)).containsExactly(5, 0, 0, 1);
      InetSocketAddress relay =
          new InetSocketAddress(
              InetAddress.getByAddress(Arrays.copyOfRange(reply, 4, 8)),
              ByteBuffer.wrap(reply).getShort(8) & 0xffff);
      Random random = new Random(7);
      try (DatagramSocket udp = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
        udp.setSoTimeout(10_000);
        long sent = 0;
        for (int n = 0; n < 200; n++) {
          byte[] payload = new byte[1 + random.nextInt(1400)];
          random.nextBytes(payload);
          ByteBuffer packet = ByteBuffer.allocate(10 + payload.length);
          packet.put(new byte[] {0, 0, 0, 1, 127, 0, 0, 1});
          packet.putShort((short) echo.port()).put(payload);
          udp.send(new DatagramPacket(packet.array(), packet.capacity(), relay));
          DatagramPacket answer = new DatagramPacket(new byte[2000], 2000);
          udp.receive(answer);
          assertThat(Arrays.copyOf(answer.getData(), answer.getLength())).isEqualTo(packet.array());
          sent += payload.length;
        }
        assertThat(echo.datagramsReceived()).isEqualTo(200);
        JsonObject active =
            leaf.get("/api/v1/runtime/stat/json").getAsJsonArray().get(0).getAsJsonObject();
        assertThat(active.get("network").getAsString()).isEqualTo("udp");
        assertThat(active.get("outbound_tag").getAsString()).isEqualTo("A");
        assertThat(active.get("bytes_sent").getAsLong()).isEqualTo(sent);
        assertThat(active.get("bytes_recvd").getAsLong()).isEqualTo(sent);
      }
    }
  }

  @Test
  void threeHundredNodesAreCheckedInParallelWhileADownloadRuns() throws Exception {
    StringBuilder nodes = new StringBuilder();
    StringBuilder names = new StringBuilder();
    for (int n = 0; n < 300; n++) {
      nodes.append("N").append(n).append(" = ss, 127.0.0.1, ").append(n % 3 == 0 ? portB : portA);
      nodes.append(n % 3 == 0 ? ", chacha20-ietf-poly1305" : ", aes-256-gcm").append(", secret\n");
      names.append(", N").append(n);
    }
    long size = 256L << 20;
    try (EchoServer source = EchoServer.start(EchoServer.Mode.source(size, 3));
        Leaf leaf = Leaf.start(folder, config(nodes.toString(), names.toString()));
        ExecutorService threads = Executors.newCachedThreadPool()) {
      leaf.post("/api/v1/app/outbound/select?outbound=OUT&select=A");
      Future<String> download =
          threads.submit(
              () -> {
                try (Socket socket = leaf.connect("socks", source.address())) {
                  return EchoServer.sha256(socket.getInputStream());
                }
              });
      List<Future<JsonObject>> calls = new ArrayList<>();
      for (int n = 0; n < 300; n++) {
        String path = "/api/v1/runtime/outbound/N" + n + "/health";
        calls.add(threads.submit(() -> leaf.object(path)));
      }
      for (Future<JsonObject> call : calls) {
        assertThat(call.get(60, TimeUnit.SECONDS).get("tcp_ms").isJsonNull()).isFalse();
      }
      assertThat(download.get(60, TimeUnit.SECONDS))
          .isEqualTo(EchoServer.sha256(EchoServer.pattern(size, 3)));
      assertThat(leaf.object("/api/v1/runtime/usage/json?tag=N1").toString())
          .as("probes are not usage")
          .isEqualTo("{\"bytes_sent\":0,\"bytes_recvd\":0}");
    }
  }
}
