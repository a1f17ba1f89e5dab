package com.github.shiroedev2024.leaf.engine.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.certificate.ServerTrust;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.RealDialer;
import com.github.shiroedev2024.leaf.engine.protocol.drop.DropOutbound;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Layers;
import com.github.shiroedev2024.leaf.engine.transport.Certificates;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.EchoServer.Mode;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** How connections come about, or why they do not. */
@ExtendWith(LeakCheck.class)
class QuicHandshakeTest {
  private final QuicTunnel tunnel = new QuicTunnel();
  private final EchoServer echo = EchoServer.start(Mode.ECHO);

  @AfterEach
  void close() {
    tunnel.close();
    echo.close();
  }

  private void echoes(int port) {
    try (Client app = new Client(port)) {
      assertThat(app.send("hello").readText(5)).isEqualTo("hello");
    }
  }

  private Session fails(int port, Map<String, ?> settings) {
    try (Client app = new Client(tunnel.tunnel(port, settings))) {
      app.send("x");
      return tunnel.ended();
    }
  }

  private void refusesCertificate(
      Map<String, ?> server, Map<String, ?> client, CloseReason reason, String text) {
    Session session = fails(tunnel.serve(server, QuicTunnel.forward(echo.port())), client);
    assertThat(session.closeReason()).as(session.closeDetail()).isEqualTo(reason);
    assertThat(session.closeDetail()).startsWith("quic server ").contains(text);
  }

  private static Map<String, ?> of(Identity identity) {
    return Map.of(
        "certificate", Certificates.certificate(identity),
        "certificateKey", Certificates.key(identity));
  }

  @Test
  void namesAreLookedUpAndEachAddressIsTried() {
    int port = tunnel.serve(echo.port());
    echoes(tunnel.tunnel(port, Map.of("address", "server.example")));
    echoes(tunnel.tunnel(port, Map.of("address", "two.example", "serverName", "server.example")));
  }

  @Test
  void certificateOfAnotherName() {
    refusesCertificate(
        Map.of(),
        Map.of("serverName", "other.example"),
        CloseReason.CERTIFICATE_MISMATCH,
        "the certificate is not for other.example but for server.example, 127.0.0.1");
  }

  @Test
  void certificateThatNobodyKnows() {
    refusesCertificate(
        Map.of(),
        Map.of("certificate", Certificates.certificate(Certificates.identity("127.0.0.1"))),
        CloseReason.CERTIFICATE_UNTRUSTED,
        "self-signed and not trusted");
  }

  @Test
  void certificateThatHasExpired() {
    Identity old = Certificates.identity(Duration.ofDays(-2), Duration.ofDays(-1), "127.0.0.1");
    refusesCertificate(
        of(old),
        Map.of("certificate", Certificates.certificate(old)),
        CloseReason.CERTIFICATE_EXPIRED,
        "the certificate expired on ");
  }

  @Test
  void pinnedCertificateCountsAlone() {
    int port = tunnel.serve(echo.port());
    String digest = ServerTrust.digest(QuicTunnel.IDENTITY.chain().getFirst());
    Session session = fails(port, Map.of("pinnedSha256", List.of("00".repeat(32))));
    assertThat(session.closeReason()).isEqualTo(CloseReason.CERTIFICATE_UNTRUSTED);
    echoes(
        tunnel.tunnel(port, Map.of("pinnedSha256", List.of(digest), "serverName", "any.example")));
  }

  @Test
  void insecureTakesAny() {
    echoes(
        tunnel.tunnel(
            tunnel.serve(echo.port()), Map.of("insecure", true, "serverName", "any.example")));
  }

  @Test
  void noProtocolInCommon() {
    Session session = fails(tunnel.serve(echo.port()), Map.of("alpn", List.of("h2", "http/1.1")));
    assertThat(session.closeReason())
        .as(session.closeDetail())
        .isEqualTo(CloseReason.ALPN_MISMATCH);
    assertThat(session.closeDetail()).contains("application protocols offered");
  }

  @Test
  void oneProtocolInCommonIsEnough() {
    int port = tunnel.serve(Map.of("alpn", List.of("h2", "h3")), QuicTunnel.forward(echo.port()));
    echoes(tunnel.tunnel(port, Map.of("alpn", List.of("x", "h3"))));
  }

  @Test
  void nobodyListening() throws Exception {
    int port;
    try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      port = taken.getLocalPort();
    }
    Session session = fails(port, Map.of());
    assertThat(session.closeReason()).as(session.closeDetail()).isEqualTo(CloseReason.REFUSED);
  }

  @Test
  void aServerThatSaysNothing() throws Exception {
    tunnel.client.with(EngineOptions.OUTBOUND_DIAL_TIMEOUT, Duration.ofSeconds(1));
    try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Session session = fails(silent.getLocalPort(), Map.of());
      assertThat(session.closeReason()).isEqualTo(CloseReason.DIAL_TIMEOUT);
    }
  }

  @Test
  void aServerThatAnswersGarbage() throws Exception {
    tunnel.client.with(EngineOptions.OUTBOUND_DIAL_TIMEOUT, Duration.ofSeconds(1));
    try (DatagramSocket garbage = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                try {
                  while (true) {
                    DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
                    garbage.receive(packet);
                    garbage.send(
                        new DatagramPacket(
                            "SSH-2.0".getBytes(StandardCharsets.US_ASCII),
                            7,
                            packet.getSocketAddress()));
                  }
                } catch (java.io.IOException e) {
                  // the test is over
                }
              });
      Session session = fails(garbage.getLocalPort(), Map.of());
      assertThat(session.closeReason()).isEqualTo(CloseReason.HANDSHAKE_TIMEOUT);
    }
  }

  @Test
  void aCertificateThatIsReplacedCountsFromThenOn(@TempDir Path folder) throws Exception {
    Identity first = QuicTunnel.IDENTITY;
    Path certificate = Files.writeString(folder.resolve("c.pem"), Certificates.certificate(first));
    Path key = Files.writeString(folder.resolve("k.pem"), Certificates.key(first));
    int port =
        tunnel.serve(
            Map.of("certificate", certificate.toString(), "certificateKey", key.toString()),
            QuicTunnel.forward(echo.port()));
    int before = tunnel.tunnel(port, Map.of());
    echoes(before);
    Identity second = Certificates.identity("127.0.0.1");
    Files.writeString(certificate, Certificates.certificate(second));
    Files.writeString(key, Certificates.key(second));
    Await.until(
        Duration.ofSeconds(30),
        "the new certificate is shown",
        () -> {
          Session session = tunnel.client.session(Network.TCP, Destination.of("x", 1));
          QuicOutbound outbound =
              tunnel.outbound(port, Map.of("certificate", Certificates.certificate(second)));
          Future<Channel> stream =
              tunnel.client.onLoop(
                  session,
                  () -> outbound.connect(session, session.destination(), tunnel.client.dialer()));
          Await.until("connected or not", stream::isDone);
          if (stream.isSuccess()) {
            stream.getNow().close();
          }
          return stream.isSuccess();
        });
  }

  @Test
  void refusesToRunOverAnotherOutboundAndCarriesNoUdp() {
    QuicOutbound outbound = tunnel.outbound(1, Map.of());
    Session session = tunnel.client.session(Network.TCP, Destination.of("127.0.0.1", 1));
    assertThat(outbound.carries(Network.UDP)).isFalse();
    for (Future<Channel> refused :
        List.of(
            tunnel.client.onLoop(
                session,
                () ->
                    outbound.connect(
                        session,
                        session.destination(),
                        Layers.over(List.of(new DropOutbound("d")), new RealDialer()))),
            tunnel.client.onLoop(
                session,
                () ->
                    outbound.associate(session, session.destination(), tunnel.client.dialer())))) {
      assertThat(((SessionException) Await.failure(refused)).reason())
          .isEqualTo(CloseReason.NOT_SUPPORTED);
    }
  }
}
