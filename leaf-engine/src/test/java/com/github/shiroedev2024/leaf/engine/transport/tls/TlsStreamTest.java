package com.github.shiroedev2024.leaf.engine.transport.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.certificate.ServerTrust;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.protocol.ScriptedServer;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.transport.Certificates;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our client and our server over real sockets, each with both engines. */
@ExtendWith(LeakCheck.class)
class TlsStreamTest {
  private static final Identity SERVER = Certificates.identity("localhost", "127.0.0.1");

  /** A plain port, behind it our client, our server and a scripted one. */
  private static final class Line implements AutoCloseable {
    final TlsTunnel tunnel;
    final ScriptedServer origin;
    final TlsLayer layer;
    final TlsOutbound outbound;
    final int port;

    Line(
        boolean clientLibrary,
        boolean serverLibrary,
        boolean epoll,
        Map<String, ?> client,
        ScriptedServer.Script script) {
      // 200 handshakes at once may take a busy machine a while.
      EngineOptions limits =
          EngineOptions.defaults().with(EngineOptions.OUTBOUND_DIAL_TIMEOUT, Duration.ofMinutes(1));
      tunnel = new TlsTunnel(epoll, limits);
      origin = new ScriptedServer(script);
      layer = Tls.server(tunnel, serverLibrary, SERVER);
      int server = tunnel.server(layer, Destination.of("127.0.0.1", origin.port()));
      Map<String, Object> settings = new HashMap<>(client);
      settings.put("certificate", Certificates.certificate(SERVER));
      outbound = Tls.client(clientLibrary, limits, settings);
      port = tunnel.client(outbound, Destination.of("127.0.0.1", server));
    }

    Socket connect() throws IOException {
      return TlsTunnel.connect(port);
    }

    @Override
    public void close() {
      tunnel.close();
      origin.close();
      outbound.close();
      layer.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"true,true,true", "true,false,true", "false,true,false", "false,false,false"})
  void theClientsEndLeavesTheServersDirectionOpen(boolean client, boolean server, boolean epoll)
      throws Exception {
    try (Line line =
            new Line(
                client,
                server,
                epoll,
                Map.of("minVersion", "1.3"),
                peer -> peer.send("you said " + new String(peer.readAll(), US_ASCII)));
        Socket socket = line.connect()) {
      socket.getOutputStream().write("hello".getBytes(US_ASCII));
      socket.shutdownOutput();
      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .as(line.tunnel::told)
          .isEqualTo("you said hello");
      Await.until(
          "both sessions finished",
          () ->
              line.tunnel.sessions().stream()
                  .allMatch(session -> session.closeReason() == CloseReason.FINISHED));
    }
  }

  @ParameterizedTest
  @CsvSource({"true,true,true", "true,false,true", "false,true,false", "false,false,false"})
  void theServersEndLeavesTheClientsDirectionOpen(boolean client, boolean server, boolean epoll)
      throws Exception {
    FutureTask<String> heard = new FutureTask<>(() -> {}, "");
    StringBuilder text = new StringBuilder();
    try (Line line =
            new Line(
                client,
                server,
                epoll,
                Map.of(),
                peer -> {
                  peer.send("that is all");
                  peer.socket().shutdownOutput();
                  text.append(new String(peer.readAll(), US_ASCII));
                  heard.run();
                });
        Socket socket = line.connect()) {
      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .as(line.tunnel::told)
          .isEqualTo("that is all");
      socket.getOutputStream().write("not for me".getBytes(US_ASCII));
      socket.shutdownOutput();
      Await.result(heard);
      assertThat(text.toString()).as(line.tunnel::told).isEqualTo("not for me");
    }
  }

  @ParameterizedTest
  @CsvSource({"true,true,true", "true,false,true", "false,true,false", "false,false,false"})
  void carriesMuchBothWaysAtOnce(boolean client, boolean server, boolean epoll) throws Exception {
    int size = 64 << 20;
    List<String> heard = new CopyOnWriteArrayList<>();
    try (Line line =
            new Line(
                client,
                server,
                epoll,
                Map.of(),
                peer -> {
                  peer.socket().setSoTimeout(60_000);
                  FutureTask<String> receiving =
                      run(() -> digest(peer.socket().getInputStream(), size));
                  send(peer.socket().getOutputStream(), size, 2);
                  heard.add(Await.result(Duration.ofMinutes(2), receiving));
                  peer.socket().shutdownOutput();
                });
        Socket socket = line.connect()) {
      socket.setSoTimeout(60_000);
      FutureTask<String> receiving = run(() -> digest(socket.getInputStream(), size));
      send(socket.getOutputStream(), size, 1);
      assertThat(Await.result(Duration.ofMinutes(2), receiving))
          .as(line.tunnel::told)
          .isEqualTo(digest(2, size));
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      assertThat(heard).containsExactly(digest(1, size));
    }
  }

  @ParameterizedTest
  @CsvSource({"true,true,true", "true,false,true", "false,true,false", "false,false,false"})
  void stopsReadingWhatNobodyTakes(boolean client, boolean server, boolean epoll) throws Exception {
    int size = 64 << 20;
    try (Line line =
            new Line(
                client,
                server,
                epoll,
                Map.of(),
                peer -> {
                  peer.socket().setSoTimeout(60_000);
                  send(peer.socket().getOutputStream(), size, 3);
                });
        Socket socket = line.connect()) {
      Await.until("both sides stop reading", () -> line.tunnel.paused() >= 2);
      assertThat(line.tunnel.sessions()).allMatch(session -> session.received() < size / 2);
      assertThat(digest(socket.getInputStream(), size))
          .as(line.tunnel::told)
          .isEqualTo(digest(3, size));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aConnectionThatEndsWithoutSayingSoWasCutOff(boolean library) throws Exception {
    SSLContext trusting = SSLContext.getInstance("TLS");
    trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    try (ScriptedServer origin = new ScriptedServer(peer -> peer.send(peer.readAll()));
        TlsTunnel tunnel = new TlsTunnel()) {
      TlsLayer layer = Tls.server(tunnel, library, SERVER);
      int port = tunnel.server(layer, Destination.of("127.0.0.1", origin.port()));
      try (Socket plain = TlsTunnel.connect(port)) {
        SSLSocket secured =
            (SSLSocket) trusting.getSocketFactory().createSocket(plain, "a", port, false);
        secured.getOutputStream().write("half of a requ".getBytes(US_ASCII));
        Await.until(
            "passed on", () -> tunnel.sessions().stream().anyMatch(one -> one.sent() == 14));
        plain.shutdownOutput();
        Await.until(
            "told",
            () ->
                tunnel.sessions().stream()
                    .anyMatch(one -> one.closeReason() == CloseReason.CLIENT_RESET));
        assertThat(tunnel.told()).contains("ended without a TLS close_notify");
      }
      layer.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"true,true", "false,false"})
  void serves200ConnectionsAtOnce(boolean client, boolean server) throws Exception {
    try (Line line = new Line(client, server, true, Map.of(), peer -> peer.send(peer.read(100)))) {
      List<Socket> sockets = new ArrayList<>();
      try {
        for (int i = 0; i < 200; i++) {
          Socket socket = line.connect();
          sockets.add(socket);
          byte[] bytes = new byte[100];
          new Random(i).nextBytes(bytes);
          socket.getOutputStream().write(bytes);
        }
        for (int i = 0; i < 200; i++) {
          byte[] bytes = new byte[100];
          new Random(i).nextBytes(bytes);
          assertThat(sockets.get(i).getInputStream().readAllBytes())
              .as(line.tunnel::told)
              .isEqualTo(bytes);
        }
      } finally {
        for (Socket socket : sockets) {
          socket.close();
        }
      }
    }
  }

  /** BoringSSL leaves it to us in 1.2 as well; the JDK's engine ends both directions there. */
  @Test
  void theClientsEndLeavesTheServersDirectionOpenInTls12Too() throws Exception {
    SslContext old =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.OPENSSL_REFCNT)
            .trustManager(ServerTrust.anybody())
            .endpointIdentificationAlgorithm(null)
            .protocols("TLSv1.2")
            .build();
    try (ScriptedServer origin =
            new ScriptedServer(
                peer -> peer.send("you said " + new String(peer.readAll(), US_ASCII)));
        TlsTunnel tunnel = new TlsTunnel()) {
      TlsLayer layer = Tls.server(tunnel, true, SERVER);
      int server = tunnel.server(layer, Destination.of("127.0.0.1", origin.port()));
      int port = tunnel.client(old, Destination.of("127.0.0.1", server));
      try (Socket socket = TlsTunnel.connect(port)) {
        socket.getOutputStream().write("hello".getBytes(US_ASCII));
        socket.shutdownOutput();
        assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
            .as(tunnel::told)
            .isEqualTo("you said hello");
      }
      layer.close();
    } finally {
      ReferenceCountUtil.release(old);
    }
  }

  private static <T> FutureTask<T> run(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofPlatform().daemon().name("tls-test-side").start(task);
    return task;
  }

  private static void send(OutputStream out, int size, long seed) throws IOException {
    Random random = new Random(seed);
    byte[] piece = new byte[1 << 16];
    for (int sent = 0; sent < size; sent += piece.length) {
      random.nextBytes(piece);
      out.write(piece);
    }
  }

  private static String digest(InputStream in, int size) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] piece = new byte[1 << 16];
    int left = size;
    while (left > 0) {
      int n = in.read(piece, 0, Math.min(left, piece.length));
      if (n < 0) {
        return "the end came " + left + " bytes early";
      }
      digest.update(piece, 0, n);
      left -= n;
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String digest(long seed, int size) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    Random random = new Random(seed);
    byte[] piece = new byte[1 << 16];
    for (int done = 0; done < size; done += piece.length) {
      random.nextBytes(piece);
      digest.update(piece);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
