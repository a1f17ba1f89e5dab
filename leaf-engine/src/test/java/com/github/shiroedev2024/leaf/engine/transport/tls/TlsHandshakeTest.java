package com.github.shiroedev2024.leaf.engine.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.certificate.ServerTrust;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.ScriptedServer;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ApplicationProtocol;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.transport.Certificates;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How handshakes end: well, or with a reason that tells what is wrong. */
@ExtendWith(LeakCheck.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsHandshakeTest {
  private static final Identity SERVER =
      Certificates.identity("a.example", "*.b.example", "127.0.0.1");

  private final EngineOptions limits =
      EngineOptions.defaults().with(EngineOptions.OUTBOUND_DIAL_TIMEOUT, Duration.ofSeconds(20));
  private final List<TlsLayer> layers = new ArrayList<>();
  private TlsTunnel tunnel = new TlsTunnel();
  private ScriptedServer origin = new ScriptedServer(peer -> {});

  @BeforeAll
  void open() {
    tunnel.close();
    origin.close();
    tunnel = new TlsTunnel(true, limits);
    origin = new ScriptedServer(peer -> peer.send(peer.read(1)));
  }

  @AfterAll
  void close() {
    tunnel.close();
    origin.close();
    layers.forEach(TlsLayer::close);
  }

  private Destination echo() {
    return Destination.of("127.0.0.1", origin.port());
  }

  /** What an outbound makes of a server on this port. */
  private Channel connect(boolean library, Map<String, ?> settings, int port) {
    TlsOutbound outbound = Tls.client(library, limits, settings);
    try {
      return Await.result(opening(outbound, port));
    } finally {
      outbound.close();
    }
  }

  private Future<Channel> opening(TlsOutbound outbound, int port) {
    Destination server = Destination.of("127.0.0.1", port);
    Session session = tunnel.session(server);
    return Await.result(
        session.loop().submit(() -> outbound.connect(session, server, tunnel.dialer())));
  }

  private SessionException failure(boolean library, Map<String, ?> settings, int port) {
    TlsOutbound outbound = Tls.client(library, limits, settings);
    try {
      return (SessionException) Await.failure(opening(outbound, port));
    } finally {
      outbound.close();
    }
  }

  private int serve(boolean library, Identity identity, Map<String, ?> settings) {
    TlsLayer layer = Tls.server(tunnel, library, identity, settings);
    layers.add(layer);
    return tunnel.server(layer, echo());
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void tellsTheNameWantedAndThoseFound(boolean client, boolean server) {
    SessionException told =
        failure(
            client,
            Map.of("certificate", Certificates.certificate(SERVER), "serverName", "other.example"),
            serve(server, SERVER, Map.of()));
    assertThat(told.reason()).isEqualTo(CloseReason.CERTIFICATE_MISMATCH);
    assertThat(told)
        .hasMessageStartingWith("TLS server 127.0.0.1:")
        .hasMessageEndingWith(
            "the certificate is not for other.example but for a.example, *.b.example, 127.0.0.1");
  }

  @ParameterizedTest
  @CsvSource({
    "true,a.example",
    "false,a.example",
    "true,x.b.example",
    "false,X.B.example",
    "true,127.0.0.1",
    "false,127.0.0.1",
    "true,a.example.",
  })
  void acceptsEveryNameOfTheCertificate(boolean library, String name) {
    connect(
            library,
            Map.of("certificate", Certificates.certificate(SERVER), "serverName", name),
            serve(library, SERVER, Map.of()))
        .close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tellsWhenACertificateExpiredOrBegins(boolean library) {
    Identity old = Certificates.identity(Duration.ofDays(-9), Duration.ofDays(-2), "127.0.0.1");
    SessionException told =
        failure(
            library,
            Map.of("certificate", Certificates.certificate(old)),
            serve(library, old, Map.of()));
    assertThat(told.reason()).isEqualTo(CloseReason.CERTIFICATE_EXPIRED);
    assertThat(told)
        .hasMessageContaining(
            "expired on " + old.chain().getFirst().getNotAfter().toInstant() + "; it is for");
    Identity early = Certificates.identity(Duration.ofDays(2), Duration.ofDays(9), "127.0.0.1");
    told =
        failure(
            library,
            Map.of("certificate", Certificates.certificate(early)),
            serve(library, early, Map.of()));
    assertThat(told.reason()).isEqualTo(CloseReason.CERTIFICATE_EXPIRED);
    assertThat(told)
        .hasMessageContaining(
            "not valid before " + early.chain().getFirst().getNotBefore().toInstant());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void doesNotTrustTheUnknown(boolean library) {
    int port = serve(library, SERVER, Map.of());
    SessionException told = failure(library, Map.of(), port);
    assertThat(told.reason()).isEqualTo(CloseReason.CERTIFICATE_UNTRUSTED);
    assertThat(told).hasMessageContaining("self-signed and not trusted; it is for a.example");
    Identity other = Certificates.identity("127.0.0.1");
    told = failure(library, Map.of("certificate", Certificates.certificate(other)), port);
    assertThat(told.reason()).isEqualTo(CloseReason.CERTIFICATE_UNTRUSTED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void acceptsAPinnedCertificateAndNoOther(boolean library) {
    Identity old =
        Certificates.identity(Duration.ofDays(-9), Duration.ofDays(-2), "nobody.example");
    int port = serve(library, old, Map.of());
    String digest = ServerTrust.digest(old.chain().getFirst());
    connect(library, Map.of("pinnedSha256", List.of("00".repeat(32), digest)), port).close();
    SessionException told =
        failure(library, Map.of("pinnedSha256", List.of("00".repeat(32))), port);
    assertThat(told.reason()).isEqualTo(CloseReason.CERTIFICATE_UNTRUSTED);
    assertThat(told).hasMessageContaining(digest);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void insecureAcceptsAnything(boolean library) {
    Identity old =
        Certificates.identity(Duration.ofDays(-9), Duration.ofDays(-2), "nobody.example");
    connect(library, Map.of("insecure", true), serve(library, old, Map.of())).close();
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void agreesOnAnApplicationProtocol(boolean client, boolean server) {
    Map<String, ?> offers =
        Map.of("certificate", Certificates.certificate(SERVER), "alpn", List.of("h2", "http/1.1"));
    Channel channel =
        connect(client, offers, serve(server, SERVER, Map.of("alpn", List.of("http/1.1"))));
    assertThat(ApplicationProtocol.of(channel)).isEqualTo("http/1.1");
    channel.close();
    // A server that knows nothing of the extension is no failure: RFC 7301 leaves that to clients.
    channel = connect(client, offers, serve(server, SERVER, Map.of()));
    assertThat(ApplicationProtocol.of(channel)).isNull();
    channel.close();
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void refusesAnApplicationProtocolOfNeither(boolean client, boolean server) {
    SessionException told =
        failure(
            client,
            Map.of("certificate", Certificates.certificate(SERVER), "alpn", List.of("h2")),
            serve(server, SERVER, Map.of("alpn", List.of("http/1.1"))));
    assertThat(told.reason()).isEqualTo(CloseReason.ALPN_MISMATCH);
    assertThat(told).hasMessageEndingWith("none of the application protocols offered (alpn)");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tellsWhenTheServerCloses(boolean library) {
    try (ScriptedServer server = new ScriptedServer(peer -> peer.read(10))) {
      SessionException told = failure(library, Map.of(), server.port());
      assertThat(told.reason()).isEqualTo(CloseReason.HANDSHAKE_CLOSED);
    }
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              peer.read(10);
              peer.socket().shutdownOutput();
              peer.readAll();
            })) {
      SessionException told = failure(library, Map.of(), server.port());
      assertThat(told.reason()).isEqualTo(CloseReason.HANDSHAKE_CLOSED);
      assertThat(told).hasMessageContaining("closed during the TLS handshake");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tellsWhenTheServerIsSilent(boolean library) {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.Peer::readAll)) {
      TlsOutbound outbound =
          Tls.client(
              library,
              limits.with(EngineOptions.OUTBOUND_DIAL_TIMEOUT, Duration.ofMillis(200)),
              Map.of());
      SessionException told = (SessionException) Await.failure(opening(outbound, server.port()));
      assertThat(told.reason()).isEqualTo(CloseReason.HANDSHAKE_TIMEOUT);
      assertThat(told).hasMessageEndingWith("no TLS handshake within 200 ms");
      outbound.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tellsWhenTheServerSpeaksNoTls(boolean library) {
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              peer.read(10);
              peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
              peer.readAll();
            })) {
      SessionException told = failure(library, Map.of(), server.port());
      assertThat(told.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
      assertThat(told).hasMessageEndingWith("what it answers is not TLS");
    }
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void refusesAnOlderVersionThanConfigured(boolean client, boolean server) {
    int port = serve(server, SERVER, Map.of("minVersion", "1.3"));
    connect(
            client,
            Map.of("certificate", Certificates.certificate(SERVER), "minVersion", "1.3"),
            port)
        .close();
    try (Client old = new Client(port)) {
      // A hello of TLS 1.2 with one suite and no extensions.
      old.sendHex("16 0301 002d 01 000029 0303" + "00".repeat(32) + "00 0002 c02f 01 00");
      assertThat(old.readHex(7)).startsWith("1503").endsWith("00020246");
      old.endOutput();
      assertThat(old.ends()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void answersGarbageWithAnAlertAndReadsOn(boolean library) {
    int port = serve(library, SERVER, Map.of());
    try (Client client = new Client(port)) {
      client.send("GET / HTTP/1.1\r\n\r\n");
      assertThat(client.readHex(7)).isEqualTo("15030100020246");
      assertThat(client.ends()).isTrue();
      client.send(new byte[100_000]); // no reset: it is still read
      client.endOutput();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void survivesAnyGarbage(boolean library) {
    int port = serve(library, SERVER, Map.of());
    Seeds.forEach(
        200,
        random -> {
          byte[] garbage = Seeds.bytes(random, 1 + random.nextInt(255));
          if (random.nextBoolean() && garbage.length > 5) {
            byte[] header = {22, 3, 1, 0, (byte) (garbage.length - 5)};
            System.arraycopy(header, 0, garbage, 0, 5);
          }
          try (Client client = new Client(port)) {
            client.send(garbage);
            client.endOutput();
            assertThat(client.readAll()).hasSizeLessThanOrEqualTo(7); // an alert at most
          }
        });
    connect(library, Map.of("certificate", Certificates.certificate(SERVER)), port).close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void takesANewCertificateForNewConnections(boolean library, @TempDir Path folder)
      throws IOException {
    Identity first = Certificates.identity("127.0.0.1");
    Identity second = Certificates.identity("127.0.0.1");
    Path certificate = folder.resolve("c.pem");
    Path key = folder.resolve("k.pem");
    Files.writeString(certificate, Certificates.certificate(first));
    Files.writeString(key, Certificates.key(first));
    TlsLayer layer =
        Tls.server(
            tunnel,
            library,
            first,
            Map.of("certificate", certificate.toString(), "certificateKey", key.toString()));
    int port = tunnel.server(layer, echo());
    Map<String, ?> trustsFirst = Map.of("certificate", Certificates.certificate(first));
    connect(library, trustsFirst, port).close();
    // A pair that does not fit: the one before stays.
    Files.writeString(certificate, Certificates.certificate(second));
    Await.until(
        "told", () -> tunnel.warnings().stream().anyMatch(w -> w.contains(folder.toString())));
    assertThat(tunnel.warnings())
        .last()
        .asString()
        .contains("the one before stays", "the key does not belong to the certificate");
    connect(library, trustsFirst, port).close();
    Files.writeString(key, Certificates.key(second));
    Await.until(
        "replaced",
        () -> {
          TlsOutbound outbound =
              Tls.client(library, limits, Map.of("certificate", Certificates.certificate(second)));
          try {
            Future<Channel> opening = opening(outbound, port);
            Await.until("over", opening::isDone);
            if (opening.isSuccess()) {
              opening.getNow().close();
            }
            return opening.isSuccess();
          } finally {
            outbound.close();
          }
        });
    layer.close();
  }

  @Test
  void warnsOfAnOutboundThatChecksNothing() {
    TlsOptions options =
        TlsOptions.read(Certificates.settings(new Problems(), Map.of("insecure", true)));
    TlsOutbound outbound = new TlsOutbound("careless", options, limits, tunnel.logs(), false);
    outbound.start();
    outbound.close();
    assertThat(tunnel.warnings())
        .anyMatch(line -> line.startsWith("outbound 'careless' is insecure"));
  }

  @Test
  void failsWhenItsOutboundWasClosed() {
    TlsOutbound outbound = Tls.client(true, limits, Map.of("insecure", true));
    outbound.close();
    outbound.close();
    SessionException told =
        (SessionException) Await.failure(opening(outbound, serve(true, SERVER, new HashMap<>())));
    assertThat(told.reason()).isEqualTo(CloseReason.OUTBOUND_REMOVED);
  }
}
