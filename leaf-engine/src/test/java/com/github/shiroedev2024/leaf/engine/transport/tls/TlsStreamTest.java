package com.github.shiroedev2024.leaf.engine.transport.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.certificate.SelfSigned;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.protocol.ScriptedServer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.helpers.NOPLoggerFactory;

@ExtendWith(LeakCheck.class)
class TlsStreamTest {
  private static final Instant NOW = Instant.now();
  private static final Identity SERVER =
      SelfSigned.make(
          List.of("localhost", "127.0.0.1"),
          NOW.minus(Duration.ofDays(1)),
          NOW.plus(Duration.ofDays(1)));

  private static TlsOptions client(TlsVersion least) {
    return new TlsOptions(null, List.of(), SERVER.chain(), false, Set.of(), least);
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void halfCloseLeavesTheOtherDirectionOpen(boolean clientLibrary, boolean serverLibrary)
      throws Exception {
    try (ScriptedServer origin =
            new ScriptedServer(
                peer -> {
                  byte[] request = peer.readAll();
                  peer.send("you said " + new String(request, US_ASCII));
                });
        TlsTunnel tunnel = new TlsTunnel()) {
      TlsLayer layer =
          new TlsLayer(
              "in",
              new TlsLayerOptions(SERVER, List.of(), TlsVersion.TLS_1_2),
              EngineOptions.defaults(),
              new NOPLoggerFactory(),
              serverLibrary);
      int server = tunnel.server(layer, Destination.of("127.0.0.1", origin.port()));
      TlsOutbound outbound =
          new TlsOutbound(
              "out",
              client(TlsVersion.TLS_1_3),
              EngineOptions.defaults(),
              new NOPLoggerFactory(),
              clientLibrary);
      int port = tunnel.client(outbound, Destination.of("127.0.0.1", server));
      try (Socket socket = TlsTunnel.connect(port)) {
        socket.getOutputStream().write("hello".getBytes(US_ASCII));
        socket.shutdownOutput();
        assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
            .isEqualTo("you said hello");
      }
      outbound.close();
      layer.close();
    }
  }
}
