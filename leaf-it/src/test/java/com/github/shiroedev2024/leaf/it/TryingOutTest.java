package com.github.shiroedev2024.leaf.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.it.LeafProgram.Ended;
import com.github.shiroedev2024.leaf.it.traffic.SocksClient;
import com.github.shiroedev2024.leaf.it.traffic.Traffic;
import com.github.shiroedev2024.leaf.testkit.FreePorts;
import com.google.gson.JsonElement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code leaf cert} and {@code leaf node} as a person runs them, and what they print put into the
 * configurations of a real server and a real client.
 */
final class TryingOutTest {
  private static final String UUID = "b831381d-6324-4d53-ad4f-8cda48b30811";
  private static final String PASSWORD = "a-good-password";

  @TempDir Path folder;

  private Ended cert(String name, String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("cert", "--name", name));
    command.addAll(List.of("--out", folder.resolve("made").toString()));
    command.addAll(List.of(more));
    return LeafProgram.run(command.toArray(new String[0]));
  }

  /** The line that follows the one which begins so. */
  private static String below(Ended ended, String heading) {
    List<String> lines = ended.output().lines().toList();
    for (int n = 0; n + 1 < lines.size(); n++) {
      if (lines.get(n).startsWith(heading)) {
        return lines.get(n + 1).strip();
      }
    }
    throw new AssertionError("no '" + heading + "' in\n" + ended.output());
  }

  private Leaf start(String name, String config) throws Exception {
    return Leaf.start(Files.createDirectories(folder.resolve(name)), config);
  }

  private static String general() {
    return "[General]\nsocks-interface = 127.0.0.1\nsocks-port = %d\nloglevel = warn\n"
        .formatted(FreePorts.any());
  }

  @Test
  void theCertificateMadeWorksByTheLinesPrinted() throws Exception {
    Ended made = cert("leaf.test", "--days", "2");
    assertThat(made.code()).as(made.output()).isZero();
    Path certificate = folder.resolve("made/cert.pem");
    Path key = folder.resolve("made/key.pem");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    assertThat(made.output()).contains("wrote " + certificate).contains("wrote " + key);
    String server =
        """
        {"log": {"level": "warn"},
         "inbounds": [
          {"tag": "in", "protocol": "chain", "settings": {"actors": ["tls", "vless"]}},
          %s,
          {"tag": "vless", "protocol": "vless", "settings": {"uuid": "%s"}}],
         "outbounds": [{"tag": "direct", "protocol": "direct"}]}
        """
            .formatted(below(made, "server (JSON"), UUID);
    try (Leaf running = start("server", server)) {
      int port = running.inbound("in").getPort();
      String line = "node = vless, 127.0.0.1, %d, %s, flow=none, ".formatted(port, UUID);
      String byDigest = line + below(made, "client (.conf");
      String byFile = line + "tls=true, sni=leaf.test, tls-cert=" + certificate;
      String json =
          """
          {"log": {"level": "warn"},
           "inbounds": [{"tag": "socks", "protocol": "socks"}],
           "outbounds": [
            {"tag": "node", "protocol": "chain", "settings": {"actors": ["tls", "vless"]}},
            {"tag": "tls", "protocol": "tls", "settings": {%s}},
            {"tag": "vless", "protocol": "vless", "settings": {
              "address": "127.0.0.1", "port": %d, "uuid": "%s", "flow": "none"}}]}
          """
              .formatted(below(made, "client (JSON"), port, UUID);
      carries("digest", general() + "[Proxy]\n" + byDigest + "\n");
      carries("file", general() + "[Proxy]\n" + byFile + "\n");
      carries("json", json);
      String doubtful = line + "tls=true, sni=leaf.test";
      assertThatThrownBy(() -> carries("nothing", general() + "[Proxy]\n" + doubtful + "\n"))
          .isInstanceOf(IOException.class);
    }
  }

  private void carries(String name, String config) throws Exception {
    try (Leaf client = start("client-" + name, config)) {
      Traffic.pingPong(new SocksClient(client.inbound("socks")));
    }
  }

  @Test
  void aPairThatIsThereIsReplacedOnlyByForce() throws Exception {
    assertThat(cert("a.example").code()).isZero();
    byte[] before = Files.readAllBytes(folder.resolve("made/cert.pem"));
    Ended again = cert("b.example");
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.output()).contains("made/cert.pem is there already").contains("--force");
    assertThat(Files.readAllBytes(folder.resolve("made/cert.pem"))).isEqualTo(before);
    Ended forced = cert("b.example", "--force");
    assertThat(forced.code()).isZero();
    assertThat(forced.output()).contains("for b.example, valid until ");
    assertThat(Files.readAllBytes(folder.resolve("made/cert.pem"))).isNotEqualTo(before);
    try (var files = Files.list(folder.resolve("made"))) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .containsExactlyInAnyOrder("cert.pem", "key.pem");
    }
  }

  @Test
  void aNameOrTimeThatCannotBeIsRefused() throws Exception {
    Ended name = cert("not a name");
    assertThat(name.code()).isEqualTo(1);
    assertThat(name.output()).contains("--name 'not a name' is neither a domain name nor an IP");
    assertThat(cert("\u00fc".repeat(2000)).output()).contains("is neither a domain name nor an IP");
    Ended days = cert("a.example", "--days", "0");
    assertThat(days.code()).isEqualTo(1);
    assertThat(days.output()).contains("--days 0").contains("1 to 36500");
    assertThat(folder.resolve("made")).doesNotExist();
  }

  /** One server for every kind of link; its certificate is the one in the folder. */
  private String server() {
    return """
    {"log": {"level": "warn"},
     "inbounds": [
      {"tag": "ss", "protocol": "shadowsocks",
       "settings": {"method": "aes-256-gcm", "password": "%2$s"}},
      {"tag": "ss2022", "protocol": "shadowsocks",
       "settings": {"method": "2022-blake3-aes-128-gcm", "password": "MDEyMzQ1Njc4OWFiY2RlZg=="}},
      {"tag": "vmess", "protocol": "chain", "settings": {"actors": ["ws", "vmess-in"]}},
      {"tag": "ws", "protocol": "ws", "settings": {"path": "/t"}},
      {"tag": "vmess-in", "protocol": "vmess", "settings": {"uuid": "%1$s"}},
      {"tag": "vless", "protocol": "chain", "settings": {"actors": ["tls", "grpc", "vless-in"]}},
      {"tag": "tls", "protocol": "tls", "settings": {
        "certificate": "%3$s/cert.pem", "certificateKey": "%3$s/key.pem", "alpn": ["h2"]}},
      {"tag": "grpc", "protocol": "grpc", "settings": {"serviceName": "tunnel"}},
      {"tag": "vless-in", "protocol": "vless", "settings": {"uuid": "%1$s"}},
      {"tag": "trojan", "protocol": "chain", "settings": {"actors": ["tls2", "trojan-in"]}},
      {"tag": "tls2", "protocol": "tls", "settings": {
        "certificate": "%3$s/cert.pem", "certificateKey": "%3$s/key.pem"}},
      {"tag": "trojan-in", "protocol": "trojan", "settings": {"passwords": ["%2$s"]}}],
     "outbounds": [{"tag": "direct", "protocol": "direct"}]}
    """
        .formatted(UUID, PASSWORD, folder.resolve("made"));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static Map<String, String> links(Leaf server) {
    Map<String, Integer> ports = new TreeMap<>();
    for (String tag : List.of("ss", "ss2022", "vmess", "vless", "trojan")) {
      ports.put(tag, server.inbound(tag).getPort());
    }
    Map<String, String> links = new TreeMap<>();
    links.put(
        "ss",
        "ss://%s@127.0.0.1:%d#ss".formatted(base64("aes-256-gcm:" + PASSWORD), ports.get("ss")));
    links.put(
        "ss2022",
        "ss://2022-blake3-aes-128-gcm:MDEyMzQ1Njc4OWFiY2RlZg%%3D%%3D@127.0.0.1:%d#ss2022"
            .formatted(ports.get("ss2022")));
    links.put(
        "vmess",
        "vmess://"
            + base64(
                """
                {"v": "2", "ps": "vmess", "add": "127.0.0.1", "port": "%d", "id": "%s",
                 "aid": "0", "scy": "auto", "net": "ws", "path": "/t", "tls": ""}
                """
                    .formatted(ports.get("vmess"), UUID)));
    links.put(
        "vless",
        ("vless://%s@127.0.0.1:%d?encryption=none&security=tls&sni=leaf.test&allowInsecure=1"
                + "&type=grpc&serviceName=tunnel#vless")
            .formatted(UUID, ports.get("vless")));
    links.put(
        "trojan",
        "trojan://%s@127.0.0.1:%d?sni=leaf.test&allowInsecure=1#trojan"
            .formatted(PASSWORD, ports.get("trojan")));
    return links;
  }

  @Test
  void theNodesOfASubscriptionCarryTraffic() throws Exception {
    assertThat(cert("leaf.test").code()).isZero();
    try (Leaf server = start("server", server())) {
      Map<String, String> links = links(server);
      Path list = folder.resolve("subscription");
      Files.writeString(list, base64(String.join("\r\n", links.values()) + "\r\n"));
      Ended converted = LeafProgram.run("node", "--from", list.toString());
      assertThat(converted.code()).as(converted.output()).isZero();
      String config =
          general()
              + converted.output()
              + "[Proxy Group]\nOUT = select, "
              + String.join(", ", links.keySet())
              + "\n[Rule]\nFINAL, OUT\n";
      try (Leaf client = start("client", config)) {
        SocksClient program = new SocksClient(client.inbound("socks"));
        for (String tag : links.keySet()) {
          client.post("/api/v1/app/outbound/select?outbound=OUT&select=" + tag);
          Traffic.pingPong(program);
          Traffic.datagrams(program, 1, 1400);
          JsonElement recent =
              server.get("/api/v1/runtime/stat/recent/json").getAsJsonArray().get(0);
          assertThat(recent.getAsJsonObject().get("inbound_tag").getAsString()).isEqualTo(tag);
        }
      }
    }
  }

  @Test
  void whatIsWrongInASubscriptionIsToldAndTheRestConverted() throws Exception {
    Path list = folder.resolve("subscription");
    String vision = "vless://" + UUID + "@127.0.0.1:443?flow=xtls-rprx-vision#vision";
    Files.write(
        list, List.of("trojan://" + PASSWORD + "@127.0.0.1:443#good", vision, "hysteria://x"));
    Ended converted = LeafProgram.run("node", "--from", list.toString());
    assertThat(converted.code()).isEqualTo(1);
    assertThat(converted.output())
        .contains("[Proxy]\ngood = trojan, 127.0.0.1, 443, " + PASSWORD)
        .contains(list + ": ")
        .contains("hysteria");
    assertThat(converted.output().lines().filter(line -> line.startsWith("vision"))).isEmpty();
  }
}
