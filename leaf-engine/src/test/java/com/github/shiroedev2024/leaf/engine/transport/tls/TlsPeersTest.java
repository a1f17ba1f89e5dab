package com.github.shiroedev2024.leaf.engine.transport.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.certificate.ServerTrust;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.protocol.ScriptedServer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.transport.Certificates;
import com.github.shiroedev2024.leaf.testkit.FreePorts;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against OpenSSL's own client and server, which say what they saw. */
@ExtendWith(LeakCheck.class)
class TlsPeersTest {
  private static final Identity SERVER = Certificates.identity("a.example", "127.0.0.1");

  @TempDir Path folder = Path.of("");

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @ParameterizedTest
  @CsvSource({"true,-tls1_3", "true,-tls1_2", "false,-tls1_3", "false,-tls1_2"})
  void resumesASessionWithAServer(boolean library, String version) throws Exception {
    int port = FreePorts.any();
    List<String> command =
        List.of(
            "openssl",
            "s_server",
            "-accept",
            "127.0.0.1:" + port,
            "-cert",
            file("cert.pem", Certificates.certificate(SERVER)),
            "-key",
            file("key.pem", Certificates.key(SERVER)),
            version,
            "-www");
    TlsOutbound outbound = Tls.client(library, SERVER);
    try (PeerProgram peer = PeerProgram.start(command, new InetSocketAddress("127.0.0.1", port));
        TlsTunnel tunnel = new TlsTunnel()) {
      int plain = tunnel.client(outbound, Destination.of("127.0.0.1", port));
      assertThat(page(plain)).as(peer.output()).contains("New, TLSv1");
      assertThat(page(plain)).as(tunnel::told).contains("Reused, TLSv1");
      assertThat(page(plain)).as(tunnel::told).contains("Reused, TLSv1");
    } finally {
      outbound.close();
    }
  }

  private static String page(int port) throws IOException {
    try (Socket socket = TlsTunnel.connect(port)) {
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }

  @ParameterizedTest
  @CsvSource({"true,-tls1_3", "true,-tls1_2", "false,-tls1_3", "false,-tls1_2"})
  void servesAndResumesAClient(boolean library, String version) throws Exception {
    String roots = file("roots.pem", Certificates.certificate(SERVER));
    String session = folder.resolve("session").toString();
    try (ScriptedServer origin =
            new ScriptedServer(
                peer -> peer.send("you said " + new String(peer.read(6), US_ASCII)));
        TlsTunnel tunnel = new TlsTunnel()) {
      TlsLayer layer = Tls.server(tunnel, library, SERVER, Map.of("alpn", List.of("h2")));
      int port = tunnel.server(layer, Destination.of("127.0.0.1", origin.port()));
      List<String> command =
          List.of(
              PeerProgram.require("openssl").toString(),
              "s_client",
              "-connect",
              "127.0.0.1:" + port,
              "-servername",
              "a.example",
              "-verify_hostname",
              "a.example",
              "-CAfile",
              roots,
              "-verify_return_error",
              "-alpn",
              "http/1.1,h2",
              "-ign_eof",
              version);
      String first = run(with(command, "-sess_out", session), "hello\n");
      assertThat(first)
          .contains("you said hello", "New, TLSv1", "ALPN protocol: h2", "Verification: OK");
      String second = run(with(command, "-sess_in", session), "again\n");
      assertThat(second).contains("you said again", "Reused, TLSv1");
      layer.close();
    }
  }

  @Test
  void refusesAClientsProtocolsWithTheAlertForIt() throws Exception {
    try (TlsTunnel tunnel = new TlsTunnel()) {
      TlsLayer layer = Tls.server(tunnel, true, SERVER, Map.of("alpn", List.of("h2")));
      int port = tunnel.server(layer, Destination.of("127.0.0.1", 9));
      assertThat(
              run(
                  List.of(
                      PeerProgram.require("openssl").toString(),
                      "s_client",
                      "-connect",
                      "127.0.0.1:" + port,
                      "-alpn",
                      "http/1.1"),
                  ""))
          .contains("no application protocol");
      layer.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void trustsTheAuthorityOfAChain(boolean library) throws Exception {
    String openssl = PeerProgram.require("openssl").toString();
    run(
        List.of(
            openssl,
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=root",
            "-keyout",
            path("root.key"),
            "-out",
            path("root.pem"),
            "-days",
            "2"),
        "");
    run(
        List.of(
            openssl,
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:secp384r1",
            "-nodes",
            "-subj",
            "/CN=server",
            "-keyout",
            path("server.key"),
            "-out",
            path("server.csr")),
        "");
    String extensions = file("ext", "subjectAltName=IP:127.0.0.1\n");
    run(
        List.of(
            openssl,
            "x509",
            "-req",
            "-in",
            path("server.csr"),
            "-CA",
            path("root.pem"),
            "-CAkey",
            path("root.key"),
            "-CAcreateserial",
            "-extfile",
            extensions,
            "-days",
            "2",
            "-out",
            path("server.pem")),
        "");
    // The old form of the key, as 'openssl ecparam' writes it.
    run(List.of(openssl, "ec", "-in", path("server.key"), "-out", path("sec1.key")), "");
    assertThat(Files.readString(folder.resolve("sec1.key"))).contains("BEGIN EC PRIVATE KEY");
    try (ScriptedServer origin = new ScriptedServer(peer -> peer.send(peer.read(3)));
        TlsTunnel tunnel = new TlsTunnel()) {
      TlsLayer layer =
          Tls.server(
              tunnel,
              library,
              SERVER,
              Map.of("certificate", path("server.pem"), "certificateKey", path("sec1.key")));
      int port = tunnel.server(layer, Destination.of("127.0.0.1", origin.port()));
      TlsOutbound outbound =
          Tls.client(library, EngineOptions.defaults(), Map.of("certificate", path("root.pem")));
      int plain = tunnel.client(outbound, Destination.of("127.0.0.1", port));
      try (Socket socket = TlsTunnel.connect(plain)) {
        socket.getOutputStream().write("abc".getBytes(US_ASCII));
        assertThat(socket.getInputStream().readAllBytes())
            .as(tunnel::told)
            .isEqualTo("abc".getBytes(US_ASCII));
      }
      outbound.close();
      layer.close();
    }
  }

  @Test
  void opensslReadsWhatWeMake() throws Exception {
    String text =
        run(
            List.of(
                PeerProgram.require("openssl").toString(),
                "x509",
                "-in",
                file("own.pem", Certificates.certificate(SERVER)),
                "-noout",
                "-text",
                "-fingerprint",
                "-sha256"),
            "");
    assertThat(text)
        .contains("Version: 3", "ecdsa-with-SHA256", "DNS:a.example, IP Address:127.0.0.1")
        .contains("CA:FALSE", "Digital Signature", "TLS Web Server Authentication");
    assertThat(text.replace(":", "").toLowerCase(java.util.Locale.ROOT))
        .contains(ServerTrust.digest(SERVER.chain().getFirst()));
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static List<String> with(List<String> command, String... more) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(more));
    return all;
  }

  /** Runs a program to its end; what it wrote, to both outputs. */
  private static String run(List<String> command, String input) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().write(input.getBytes(US_ASCII));
      process.getOutputStream().flush();
      if (input.isEmpty()) {
        process.getOutputStream().close();
      }
      String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(output).isTrue();
      return output;
    } finally {
      process.destroyForcibly();
    }
  }
}
