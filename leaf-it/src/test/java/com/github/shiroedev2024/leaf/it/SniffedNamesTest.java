package com.github.shiroedev2024.leaf.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.shiroedev2024.leaf.it.traffic.Door;
import com.github.shiroedev2024.leaf.it.traffic.HttpClientDoor;
import com.github.shiroedev2024.leaf.it.traffic.SocksClient;
import com.github.shiroedev2024.leaf.it.traffic.Traffic;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.EchoServer.Mode;
import com.github.shiroedev2024.leaf.testkit.FreePorts;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that ask for an address and then name the server: rules see the name, whatever inbound it
 * came in by, and every byte arrives. Where an inbound needs a client of its own, that is another
 * instance, which learns nothing.
 */
final class SniffedNamesTest {
  private static final String NAME = "www.a.example";
  private static final String UUID = "b831381d-6324-4d53-ad4f-8cda48b30811";
  private static final String KEY = "AAECAwQFBgcICQoLDA0ODw==";
  private static final byte[] HELLO = hello();
  private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("127.0.0.77");

  @TempDir Path folder;

  private static final String SNIFFING =
      "\"tlsDomainSniffingAll\": true, \"httpDomainSniffingAll\": true";

  /** Everything goes by "plain", but what is called NAME. */
  private static String config(String options, String named) {
    return """
    {"inbounds": [
      {"tag": "socks", "protocol": "socks"},
      {"tag": "http", "protocol": "http"},
      {"tag": "mixed", "protocol": "mixed"},
      {"tag": "shadowsocks", "protocol": "shadowsocks",
       "settings": {"method": "aes-128-gcm", "password": "secret"}},
      {"tag": "shadowsocks2022", "protocol": "shadowsocks",
       "settings": {"method": "2022-blake3-aes-128-gcm", "password": "%s"}},
      {"tag": "trojan", "protocol": "trojan",
       "settings": {"passwords": ["secret"], "fallbackAddress": "127.0.0.1", "fallbackPort": %d}},
      {"tag": "vless", "protocol": "vless", "settings": {"users": [{"uuid": "%s"}]}},
      {"tag": "vmess", "protocol": "vmess", "settings": {"users": [{"uuid": "%s"}]}}],
     "outbounds": [
      {"tag": "plain", "protocol": "direct"},
      {"tag": "named", "protocol": "direct"},
      {"tag": "other", "protocol": "direct"}],
     "router": {"rules": [{"domain": ["%s"], "target": "%s"}]},
     "dns": {"hosts": {"%s": ["127.0.0.1"]}},
     "options": {%s},
     "log": {"level": "warn"}}
    """
        .formatted(KEY, FALLBACK.port(), UUID, UUID, NAME, named, NAME, options);
  }

  /** What strangers to the trojan inbound see. */
  private static final EchoServer FALLBACK = EchoServer.start(Mode.ECHO);

  private Leaf server() throws Exception {
    return Leaf.start(Files.createDirectory(folder.resolve("server")), config(SNIFFING, "named"));
  }

  /** A way in by this inbound. */
  private record Way(Door door, Runnable behind) implements AutoCloseable {
    @Override
    public void close() {
      behind.run();
    }
  }

  private Way into(Leaf server, String inbound) throws Exception {
    InetSocketAddress at = server.inbound(inbound);
    return switch (inbound) {
      case "socks", "mixed" -> new Way(new SocksClient(at), () -> {});
      case "http" -> new Way(new HttpClientDoor(at), () -> {});
      default -> {
        String settings =
            switch (inbound) {
              case "shadowsocks" -> "\"method\": \"aes-128-gcm\", \"password\": \"secret\"";
              case "shadowsocks2022" ->
                  "\"method\": \"2022-blake3-aes-128-gcm\", \"password\": \"" + KEY + "\"";
              case "trojan" -> "\"password\": \"secret\"";
              default -> "\"uuid\": \"" + UUID + "\"";
            };
        Leaf client =
            Leaf.start(
                Files.createDirectory(folder.resolve("client")),
                """
                {"inbounds": [{"tag": "socks", "protocol": "socks"}],
                 "outbounds": [{"tag": "node", "protocol": "%s", "settings": {
                   "address": "127.0.0.1", "port": %d, %s%s}}],
                 "log": {"level": "warn"}}
                """
                    .formatted(
                        inbound.replace("2022", ""),
                        at.getPort(),
                        settings,
                        inbound.equals("vless") ? ", \"flow\": \"none\"" : ""));
        yield new Way(new SocksClient(client.inbound("socks")), client::close);
      }
    };
  }

  /** The first record of the JDK's own client. */
  private static byte[] hello() {
    try {
      SSLEngine engine = SSLContext.getDefault().createSSLEngine(NAME, 443);
      engine.setUseClientMode(true);
      ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
      engine.wrap(ByteBuffer.allocate(0), record);
      return Arrays.copyOf(record.array(), record.position());
    } catch (GeneralSecurityException | SSLException e) {
      throw new AssertionError(e);
    }
  }

  /** A connection that has told its name, and the session as it is shown. */
  private record Named(Socket socket, JsonObject session) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /**
   * Connects, and sends bytes that come back. On a busy machine a client may be silent for longer
   * than is waited for its name; then it tries again.
   */
  private static Named named(
      Leaf leaf, Door door, InetSocketAddress to, byte[] bytes, int pieces, String kind)
      throws IOException {
    for (int left = 20; ; left--) {
      Socket socket = door.connect(to);
      try {
        echoes(socket, bytes, pieces);
        JsonArray all = leaf.get("/api/v1/runtime/stat/json").getAsJsonArray();
        JsonObject session = all.get(0).getAsJsonObject();
        for (JsonElement each : all) {
          boolean later =
              each.getAsJsonObject().get("id").getAsLong() > session.get("id").getAsLong();
          session = later ? each.getAsJsonObject() : session;
        }
        if (!session.get(kind + "_sniffed_domain").isJsonNull() || left == 0) {
          assertThat(session.get(kind + "_sniffed_domain").getAsString()).isEqualTo(NAME);
          return new Named(socket, session);
        }
      } catch (IOException | AssertionError e) {
        socket.close();
        throw e;
      }
      socket.close();
      none(leaf, all -> all.size() < 2);
    }
  }

  private static void echoes(Socket socket, byte[] bytes, int pieces) throws IOException {
    socket.setTcpNoDelay(true);
    int size = (bytes.length + pieces - 1) / pieces;
    for (int at = 0; at < bytes.length; at += size) {
      socket.getOutputStream().write(bytes, at, Math.min(size, bytes.length - at));
      socket.getOutputStream().flush();
    }
    assertThat(socket.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
  }

  /** The session that lives now. */
  private static JsonObject shown(Leaf leaf) {
    JsonArray all = leaf.get("/api/v1/runtime/stat/json").getAsJsonArray();
    assertThat(all).hasSize(1);
    return all.get(0).getAsJsonObject();
  }

  private static void none(Leaf leaf) {
    none(leaf, JsonArray::isEmpty);
  }

  private static void none(Leaf leaf, Predicate<JsonArray> enough) {
    Await.until(
        "sessions have ended",
        () -> enough.test(leaf.get("/api/v1/runtime/stat/json").getAsJsonArray()));
  }

  private static JsonObject last(Leaf leaf) {
    none(leaf);
    return leaf.get("/api/v1/runtime/stat/recent/json").getAsJsonArray().get(0).getAsJsonObject();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "socks",
        "http",
        "mixed",
        "shadowsocks",
        "shadowsocks2022",
        "trojan",
        "vless",
        "vmess"
      })
  void rulesSeeTheNameByEveryInbound(String inbound) throws Exception {
    byte[] request = ("GET / HTTP/1.1\r\nHost: " + NAME + ":81\r\n\r\n").getBytes(US_ASCII);
    try (Leaf server = server();
        Way way = into(server, inbound);
        EchoServer echo = EchoServer.start(Mode.ECHO)) {
      for (int pieces : new int[] {1, 3}) {
        try (Named named = named(server, way.door(), echo.address(), HELLO, pieces, "tls")) {
          JsonObject session = named.session();
          assertThat(session.get("http_sniffed_domain").isJsonNull()).isTrue();
          assertThat(session.get("outbound_tag").getAsString()).isEqualTo("named");
          assertThat(session.get("destination").getAsString())
              .isEqualTo("127.0.0.1:" + echo.port());
          assertThat(session.get("bytes_sent").getAsLong()).isEqualTo(HELLO.length);
        }
        none(server);
      }
      try (Named named = named(server, way.door(), echo.address(), request, 2, "http")) {
        JsonObject session = named.session();
        assertThat(session.get("rule").getAsString()).contains(NAME);
        assertThat(session.get("outbound_tag").getAsString()).isEqualTo("named");
      }
      none(server);
      unnamed(server, way.door(), echo);
      Traffic.remoteEnds(way.door());
      assertThat(last(server).get("outbound_tag").getAsString()).isEqualTo("plain");
      nothingIsSent(way.door());
      Traffic.clientHalfCloses(way.door());
      firstWriteIsLarge(way.door());
      if (inbound.equals("trojan")) {
        strangersGoToTheFallback(server, request);
      }
    }
  }

  private static void unnamed(Leaf server, Door door, EchoServer echo) throws IOException {
    try (Socket socket = door.connect(echo.address())) {
      echoes(socket, "SSH-2.0-Test\r\n".getBytes(US_ASCII), 1);
      JsonObject session = shown(server);
      assertThat(session.get("tls_sniffed_domain").isJsonNull()).isTrue();
      assertThat(session.get("outbound_tag").getAsString()).isEqualTo("plain");
    }
    none(server);
  }

  /** A client that ends at once, and hears what the remote says to that. */
  private static void nothingIsSent(Door door) throws Exception {
    try (EchoServer sink = EchoServer.start(Mode.SINK);
        Socket socket = door.connect(sink.address())) {
      socket.shutdownOutput();
      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .isEqualTo(EchoServer.sha256(InputStream.nullInputStream()));
    }
  }

  /** 1 MiB in one write, which begins like TLS. */
  private static void firstWriteIsLarge(Door door) throws Exception {
    byte[] first = new byte[1 << 20];
    new Random(5).nextBytes(first);
    System.arraycopy(HELLO, 0, first, 0, HELLO.length);
    try (EchoServer sink = EchoServer.start(Mode.SINK);
        Socket socket = door.connect(sink.address())) {
      socket.getOutputStream().write(first);
      socket.shutdownOutput();
      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .isEqualTo(EchoServer.sha256(new ByteArrayInputStream(first)));
    }
  }

  /** A name that they tell leads nowhere. */
  private static void strangersGoToTheFallback(Leaf server, byte[] request) throws IOException {
    try (Socket stranger = new Socket()) {
      stranger.connect(server.inbound("trojan"), Door.CONNECT_MILLIS);
      stranger.setSoTimeout(Door.READ_MILLIS);
      echoes(stranger, Arrays.copyOf(request, 200), 1);
      JsonObject session = shown(server);
      assertThat(session.get("http_sniffed_domain").isJsonNull()).isTrue();
      assertThat(session.get("outbound_tag").getAsString()).isEqualTo("plain");
    }
  }

  /** A message that never becomes whole is not waited for, however much of it comes. */
  @Test
  void endlessMessagesGoOnWithoutAName() throws Exception {
    byte[] first = new byte[1 << 20];
    for (int at = 0; at + 105 <= first.length; at += 105) {
      first[at] = 22;
      first[at + 1] = 3;
      first[at + 2] = 1;
      first[at + 4] = 100;
    }
    first[5] = 1; // ClientHello, of 16,000 bytes
    first[7] = (byte) (16_000 >> 8);
    first[8] = (byte) 16_000;
    try (Leaf server = server();
        EchoServer sink = EchoServer.start(Mode.SINK);
        Socket socket = new SocksClient(server.inbound("socks")).connect(sink.address())) {
      socket.getOutputStream().write(first);
      socket.shutdownOutput();
      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .isEqualTo(EchoServer.sha256(new ByteArrayInputStream(first)));
      assertThat(last(server).get("tls_sniffed_domain").isJsonNull()).isTrue();
    }
  }

  /** A client that falls silent within a message is served all the same. */
  @Test
  void cutMessagesGoOnWithoutAName() throws Exception {
    byte[] half = Arrays.copyOf(HELLO, 100);
    try (Leaf server = server();
        EchoServer echo = EchoServer.start(Mode.ECHO);
        Socket socket = new SocksClient(server.inbound("socks")).connect(echo.address())) {
      echoes(socket, half, 1);
      assertThat(shown(server).get("outbound_tag").getAsString()).isEqualTo("plain");
      echoes(socket, half, 1);
    }
  }

  @Test
  void aRemoteThatCannotBeReachedShowsAsAReset() throws Exception {
    InetSocketAddress nobody = new InetSocketAddress("127.0.0.1", FreePorts.any());
    try (Leaf server = server()) {
      for (Door door :
          new Door[] {
            new SocksClient(server.inbound("socks")), new HttpClientDoor(server.inbound("http"))
          }) {
        try (Socket socket = door.connect(nobody)) {
          socket.getOutputStream().write(HELLO);
          assertThat(catchThrowable(() -> socket.getInputStream().read()))
              .isInstanceOf(IOException.class)
              .hasMessageContaining("reset");
        }
        assertThat(last(server).get("close_reason").getAsString()).contains("refused");
      }
    }
  }

  /** The remote is asked for the name, which is looked up there or by the direct outbound. */
  @Test
  void theNameTakesTheAddressesPlace() throws Exception {
    try (Leaf server =
            Leaf.start(folder, config(SNIFFING + ", \"domainOverride\": true", "named"));
        EchoServer echo = EchoServer.start(Mode.ECHO, InetAddress.ofLiteral("0.0.0.0"))) {
      InetSocketAddress asked = new InetSocketAddress(ELSEWHERE, echo.port());
      Door door = new SocksClient(server.inbound("socks"));
      try (Named named = named(server, door, asked, HELLO, 1, "tls")) {
        JsonObject session = named.session();
        assertThat(session.get("destination").getAsString()).isEqualTo(NAME + ":" + echo.port());
        assertThat(session.get("outbound_tag").getAsString()).isEqualTo("named");
      }
      none(server);
      strangersGoToTheFallback(
          server, ("GET / HTTP/1.1\r\nHost: " + NAME + "\r\n\r\n").getBytes(US_ASCII));
    }
  }

  @Test
  void reloadsTurnItOnAndOff() throws Exception {
    try (Leaf server = server();
        EchoServer echo = EchoServer.start(Mode.ECHO)) {
      Door door = new SocksClient(server.inbound("socks"));
      try (Named before = named(server, door, echo.address(), HELLO, 1, "tls")) {
        server.rewrite(config(SNIFFING, "other"));
        server.post("/api/v1/runtime/reload");
        try (Named after = named(server, door, echo.address(), HELLO, 1, "tls")) {
          assertThat(after.session().get("outbound_tag").getAsString()).isEqualTo("other");
          JsonArray all = server.get("/api/v1/runtime/stat/json").getAsJsonArray();
          assertThat(all)
              .extracting(session -> session.getAsJsonObject().get("outbound_tag").getAsString())
              .containsExactlyInAnyOrder("named", "other");
        }
        echoes(before.socket(), new byte[1000], 1);
      }
      none(server);
      server.rewrite(config("", "other"));
      server.post("/api/v1/runtime/reload");
      try (Socket off = door.connect(echo.address())) {
        echoes(off, HELLO, 1);
        JsonObject session = shown(server);
        assertThat(session.get("tls_sniffed_domain").isJsonNull()).isTrue();
        assertThat(session.get("outbound_tag").getAsString()).isEqualTo("plain");
      }
    }
  }

  /** Who waits for the client's first bytes when Leaf stops does not hold it up. */
  @Test
  void silentClientsEndWithIt() throws Exception {
    try (EchoServer echo = EchoServer.start(Mode.ECHO);
        Leaf server = server();
        Socket socket = new SocksClient(server.inbound("socks")).connect(echo.address())) {
      server.post("/api/v1/runtime/stat/close?id=" + shown(server).get("id").getAsLong());
      assertThat(catchThrowable(() -> assertThat(socket.getInputStream().read()).isEqualTo(-1)))
          .satisfiesAnyOf(
              closed -> assertThat(closed).isNull(),
              reset -> assertThat(reset).hasMessageContaining("reset"));
      assertThat(last(server).get("close_reason").getAsString()).contains("API");
    }
  }
}
