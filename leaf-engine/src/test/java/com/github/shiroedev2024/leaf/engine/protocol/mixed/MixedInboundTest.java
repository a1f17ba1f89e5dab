package com.github.shiroedev2024.leaf.engine.protocol.mixed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.User;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
final class MixedInboundTest {
  private final SmallEngine engine = new SmallEngine();
  private final EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO);

  @AfterEach
  void close() {
    engine.close();
    echo.close();
  }

  private int listen(User... users) {
    return engine.listen(context -> new MixedInbound("mixed", List.of(users), context));
  }

  @Test
  void servesAllThreeProtocols() {
    int port = listen();
    try (Client five = new Client(port);
        Client four = new Client(port);
        Client http = new Client(port)) {
      five.sendHex("05 01 00 05 01 00 01 7f000001 %04x 41".formatted(echo.port()));
      assertThat(five.readHex(13)).isEqualTo("0500" + "05000001000000000000" + "41");
      four.sendHex("04 01 %04x 7f000001 00 42".formatted(echo.port()));
      assertThat(four.readHex(9)).isEqualTo("005a000000000000" + "42");
      http.send("CONNECT 127.0.0.1:" + echo.port() + " HTTP/1.1\r\n\r\nC");
      assertThat(http.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 ");
      assertThat(http.readText(1)).isEqualTo("C");
    }
    assertThat(engine.sessions()).hasSize(3).allMatch(s -> s.inboundTag().equals("mixed"));
  }

  @Test
  void byteByByte() {
    int port = listen();
    try (Client five = new Client(port);
        Client http = new Client(port)) {
      for (byte b : Client.hex("05 01 00 05 01 00 01 7f000001 %04x 41".formatted(echo.port()))) {
        five.send(new byte[] {b});
      }
      assertThat(five.readHex(13)).isEqualTo("0500" + "05000001000000000000" + "41");
      for (byte b : ("CONNECT 127.0.0.1:" + echo.port() + " HTTP/1.1\r\n\r\nC").getBytes(UTF_8)) {
        http.send(new byte[] {b});
      }
      assertThat(http.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 ");
      assertThat(http.readText(1)).isEqualTo("C");
    }
  }

  @Test
  void usersCountForBoth() {
    int port = listen(new User(null, "u", "p", null));
    try (Client five = new Client(port);
        Client http = new Client(port);
        Client in = new Client(port)) {
      assertThat(five.sendHex("05 01 00").readHex(2)).isEqualTo("05ff");
      http.send("CONNECT 127.0.0.1:" + echo.port() + " HTTP/1.1\r\n\r\n");
      assertThat(http.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 407 ");
      in.send("CONNECT 127.0.0.1:" + echo.port() + " HTTP/1.1\r\n")
          .send("Proxy-Authorization: Basic dTpw\r\n\r\n");
      assertThat(in.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    }
    assertThat(engine.sessions().getFirst().userId()).isEqualTo("u");
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "16 03 01", "ff", "0d 0a", "20", "31"})
  void closesOnOtherBytes(String hex) {
    try (Client client = new Client(listen())) {
      assertThat(client.sendHex(hex).ends()).isTrue();
    }
  }

  @Test
  void closesOnSilence() {
    engine.with(EngineOptions.INBOUND_ACCEPT_TIMEOUT, Duration.ofMillis(150));
    int port = listen();
    try (Client silent = new Client(port);
        Client ended = new Client(port).endOutput()) {
      assertThat(silent.ends()).isTrue();
      assertThat(ended.ends()).isTrue();
    }
  }
}
