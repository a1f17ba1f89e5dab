package com.github.shiroedev2024.leaf.engine.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.fakes.SocketOutbound;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.ProbeTarget;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Probes of https pages, against a server whose certificate names probe.example. */
final class HttpsProbeTest {
  private static final String PASSWORD = "changeit";
  private static final MultiThreadIoEventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  private static KeyStore keys = emptyStore();
  private final AtomicInteger contexts = new AtomicInteger();

  private static KeyStore emptyStore() {
    try {
      return KeyStore.getInstance("PKCS12");
    } catch (KeyStoreException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @BeforeAll
  static void makeCertificate(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "probe",
                "-keyalg",
                "EC",
                "-dname",
                "CN=probe",
                "-ext",
                "san=dns:probe.example",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
  }

  @AfterAll
  static void end() throws Exception {
    LOOPS.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS).await(10, TimeUnit.SECONDS);
  }

  private static HttpsServer server() throws Exception {
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/generate_204",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private SslContext trusting() throws Exception {
    contexts.incrementAndGet();
    return SslContextBuilder.forClient()
        .sslProvider(SslProvider.JDK)
        .trustManager((X509Certificate) keys.getCertificate("probe"))
        .build();
  }

  private ProbeTarget target(String host) {
    return ProbeTarget.DEFAULT
        .withUrl(URI.create("https://" + host + "/generate_204"))
        .withTimeout(Duration.ofSeconds(10));
  }

  private DefaultProber prober() {
    return new DefaultProber(
        LOOPS,
        SocketOutbound.SYSTEM,
        EngineOptions.defaults(),
        ProbeTarget.DEFAULT,
        this::trusting);
  }

  private static SocketOutbound to(HttpsServer server) {
    SocketOutbound outbound = new SocketOutbound("node");
    outbound.redirect(Network.TCP, server.getAddress().getPort());
    return outbound;
  }

  @Test
  void measuresAPageOverTls() throws Exception {
    HttpsServer server = server();
    try {
      DefaultProber prober = prober();
      SocketOutbound node = to(server);
      for (int i = 0; i < 3; i++) {
        assertThat(Await.result(prober.probe(node, Network.TCP, target("probe.example"))))
            .isPositive();
      }
      assertThat(contexts).hasValue(1);
      assertThat(node.sessions)
          .allSatisfy(s -> assertThat(s.destination()).hasToString("probe.example:443"));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aCertificateForAnotherNameIsAFailure() throws Exception {
    HttpsServer server = server();
    try {
      assertThat(Await.failure(prober().probe(to(server), Network.TCP, target("other.example"))))
          .hasMessageContaining("probe of 'node' over tcp")
          .hasMessageContaining("other.example");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aCertificateNobodyVouchesForIsAFailure() throws Exception {
    HttpsServer server = server();
    try {
      DefaultProber prober =
          new DefaultProber(
              LOOPS, SocketOutbound.SYSTEM, EngineOptions.defaults(), ProbeTarget.DEFAULT);
      assertThat(Await.failure(prober.probe(to(server), Network.TCP, target("probe.example"))))
          .hasMessageContaining("certification path");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aTrustStoreThatCannotBeReadIsAFailure() {
    DefaultProber prober =
        new DefaultProber(
            LOOPS,
            SocketOutbound.SYSTEM,
            EngineOptions.defaults(),
            ProbeTarget.DEFAULT,
            () -> {
              throw new IOException("no trust store");
            });
    assertThat(
            Await.failure(
                prober.probe(new SocketOutbound("node"), Network.TCP, target("probe.example"))))
        .hasMessage("probe of 'node' over tcp: no TLS: no trust store");
  }
}
