package com.github.shiroedev2024.leaf.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.FreePorts;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two instances, the one a client of the other: Trojan and VLESS, in both formats. */
final class TrojanAndVlessTest {
  private static final String UUID = "b831381d-6324-4d53-ad4f-8cda48b30811";

  @TempDir Path folder;

  private Leaf server(int fallback) throws Exception {
    return Leaf.start(
        Files.createDirectory(folder.resolve("server")),
        """
        {"inbounds": [
          {"tag": "trojan", "protocol": "trojan", "settings": {
            "users": [{"id": "ann", "password": "secret"}],
            "fallbackAddress": "127.0.0.1", "fallbackPort": %d}},
          {"tag": "vless", "protocol": "vless", "settings": {
            "users": [{"id": "bob", "uuid": "%s"}]}}],
         "outbounds": [{"tag": "direct", "protocol": "direct"}],
         "log": {"level": "warn"}}
        """
            .formatted(fallback, UUID));
  }

  private Leaf client(Leaf server, String protocol, String format) throws Exception {
    int port = server.inbound(protocol).getPort();
    String secret = protocol.equals("trojan") ? "password" : "uuid";
    String value = protocol.equals("trojan") ? "secret" : UUID;
    String config =
        format.equals("json")
            ? """
            {"inbounds": [{"tag": "socks", "protocol": "socks"}],
             "outbounds": [{"tag": "node", "protocol": "%s", "settings": {
               "address": "127.0.0.1", "port": %d, "%s": "%s"%s}}],
             "log": {"level": "warn"}}
            """
                .formatted(
                    protocol,
                    port,
                    secret,
                    value,
                    protocol.equals("vless") ? ", \"flow\": \"none\"" : "")
            : """
            [General]
            socks-interface = 127.0.0.1
            socks-port = %d
            loglevel = warn
            [Proxy]
            node = %s, 127.0.0.1, %d, %s=%s, flow=none
            """
                .formatted(FreePorts.any(), protocol, port, secret, value);
    return Leaf.start(Files.createDirectory(folder.resolve("client")), config);
  }

  private static String user(String protocol) {
    return protocol.equals("trojan") ? "ann" : "bob";
  }

  @ParameterizedTest
  @CsvSource({"trojan, json", "vless, json", "vless, conf"})
  void carriesStreamsAndCountsThemForTheUser(String protocol, String format) throws Exception {
    long size = 8 << 20;
    try (EchoServer sink = EchoServer.start(EchoServer.Mode.SINK);
        EchoServer source = EchoServer.start(EchoServer.Mode.source(size, 3));
        Leaf server = server(1);
        Leaf client = client(server, protocol, format)) {
      try (Socket up = client.connect("socks", sink.address())) {
        up.getOutputStream().write(EchoServer.pattern(size, 5).readAllBytes());
        up.shutdownOutput();
        assertThat(new String(up.getInputStream().readAllBytes(), US_ASCII))
            .isEqualTo(EchoServer.sha256(EchoServer.pattern(size, 5)));
      }
      try (Socket down = client.connect("socks", source.address())) {
        assertThat(EchoServer.sha256(down.getInputStream()))
            .isEqualTo(EchoServer.sha256(EchoServer.pattern(size, 3)));
      }
      Await.until(
          "counted for the user",
          () -> {
            JsonObject usage = server.object("/api/v1/runtime/usage/json?userId=" + user(protocol));
            return usage.get("bytes_sent").getAsLong() == size
                && usage.get("bytes_recvd").getAsLong() == size + 64;
          });
    }
  }

  @ParameterizedTest
  @CsvSource({"trojan, json", "vless, json", "vless, conf"})
  void carriesDatagramsToSeveralPeers(String protocol, String format) throws Exception {
    try (EchoServer a = EchoServer.start(EchoServer.Mode.ECHO);
        EchoServer b = EchoServer.start(EchoServer.Mode.ECHO);
        Leaf server = server(1);
        Leaf client = client(server, protocol, format);
        Socket control = new Socket();
        DatagramSocket udp = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
      udp.setSoTimeout(10_000);
      control.connect(client.inbound("socks"), 5000);
      InetSocketAddress relay = associate(control);
      for (int size : new int[] {1, 1_400, 65_000}) {
        for (EchoServer echo : List.of(a, b)) {
          byte[] payload = new byte[size];
          new Random(size).nextBytes(payload);
          ByteBuffer packet = ByteBuffer.allocate(10 + size);
          packet.put(new byte[] {0, 0, 0, 1, 127, 0, 0, 1});
          packet.putShort((short) echo.port()).put(payload);
          udp.send(new DatagramPacket(packet.array(), packet.capacity(), relay));
          DatagramPacket answer = new DatagramPacket(new byte[65_536], 65_536);
          udp.receive(answer);
          assertThat(Arrays.copyOf(answer.getData(), answer.getLength())).isEqualTo(packet.array());
        }
      }
      JsonElement shown = server.get("/api/v1/runtime/stat/json").getAsJsonArray().get(0);
      assertThat(shown.getAsJsonObject().get("network").getAsString()).isEqualTo("udp");
      assertThat(shown.getAsJsonObject().get("user_id").getAsString()).isEqualTo(user(protocol));
    }
  }

  private static InetSocketAddress associate(Socket control) throws IOException {
    control.getOutputStream().write(new byte[] {5, 1, 0});
    assertThat(control.getInputStream().readNBytes(2)).containsExactly(5, 0);
    control.getOutputStream().write(new byte[] {5, 3, 0, 1, 0, 0, 0, 0, 0, 0});
    byte[] reply = control.getInputStream().readNBytes(10);
    assertThat(Arrays.copyOf(reply, 4)).containsExactly(5, 0, 0, 1);
    return new InetSocketAddress(
        InetAddress.getByAddress(Arrays.copyOfRange(reply, 4, 8)),
        ByteBuffer.wrap(reply).getShort(8) & 0xffff);
  }

  @Test
  void aWebBrowserSeesTheFallback() throws Exception {
    try (EchoServer web = EchoServer.start(EchoServer.Mode.ECHO);
        Leaf server = server(web.port());
        Socket browser = new Socket()) {
      browser.connect(server.inbound("trojan"), 5000);
      browser.setSoTimeout(10_000);
      byte[] request = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n".getBytes(US_ASCII);
      browser.getOutputStream().write(request);
      assertThat(browser.getInputStream().readNBytes(request.length)).isEqualTo(request);
      JsonObject shown =
          server.get("/api/v1/runtime/stat/json").getAsJsonArray().get(0).getAsJsonObject();
      assertThat(shown.get("inbound_tag").getAsString()).isEqualTo("trojan");
      assertThat(shown.get("outbound_tag").getAsString()).isEqualTo("direct");
      assertThat(shown.get("user_id").isJsonNull()).isTrue();
    }
  }
}
