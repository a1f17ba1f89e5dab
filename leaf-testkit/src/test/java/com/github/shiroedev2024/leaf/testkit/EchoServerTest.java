package com.github.shiroedev2024.leaf.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class EchoServerTest {
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);

  @Test
  void echoesUntilTheClientEnds() throws IOException {
    try (EchoServer server = EchoServer.start(EchoServer.Mode.ECHO);
        Socket client = new Socket(server.address().getAddress(), server.port())) {
      client.getOutputStream().write(HELLO);
      assertThat(client.getInputStream().readNBytes(5)).isEqualTo(HELLO);
      client.shutdownOutput();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      assertThat(server.accepted()).isEqualTo(1);
      assertThat(server.bytesReceived()).isEqualTo(5);
    }
  }

  @Test
  void sinkAnswersWithTheHashAfterTheEnd() throws IOException {
    try (EchoServer server = EchoServer.start(EchoServer.Mode.SINK);
        Socket client = new Socket(server.address().getAddress(), server.port())) {
      client.getOutputStream().write(HELLO);
      client.shutdownOutput();
      String hash = new String(client.getInputStream().readAllBytes(), US_ASCII);
      assertThat(hash).isEqualTo(EchoServer.sha256(new ByteArrayInputStream(HELLO)));
    }
  }

  @Test
  void sourceSendsItsPattern() throws IOException {
    try (EchoServer server = EchoServer.start(EchoServer.Mode.source(100_000, 7));
        Socket client = new Socket(server.address().getAddress(), server.port())) {
      assertThat(EchoServer.sha256(client.getInputStream()))
          .isEqualTo(EchoServer.sha256(EchoServer.pattern(100_000, 7)))
          .isNotEqualTo(EchoServer.sha256(EchoServer.pattern(100_000, 8)));
    }
  }

  @Test
  void sendsBackOnlyAfterTheEnd() throws IOException {
    try (EchoServer server = EchoServer.start(EchoServer.Mode.ECHO_AFTER_END);
        Socket client = new Socket(server.address().getAddress(), server.port())) {
      client.getOutputStream().write(HELLO);
      client.setSoTimeout(50);
      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      client.setSoTimeout(0);
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(HELLO);
    }
  }

  @Test
  void resetsAtTheFirstByte() throws IOException {
    try (EchoServer server = EchoServer.start(EchoServer.Mode.RESET);
        Socket client = new Socket(server.address().getAddress(), server.port())) {
      client.getOutputStream().write(HELLO);
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void silentNeverAnswers() throws IOException {
    try (EchoServer server = EchoServer.start(EchoServer.Mode.SILENT);
        Socket client = new Socket(server.address().getAddress(), server.port())) {
      client.getOutputStream().write(HELLO);
      client.setSoTimeout(50);
      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void echoesDatagramsOnTheSamePort() throws IOException {
    try (EchoServer server = EchoServer.start(EchoServer.Mode.ECHO);
        DatagramSocket client = new DatagramSocket()) {
      client.setSoTimeout(5_000);
      client.send(new DatagramPacket(HELLO, HELLO.length, server.address()));
      DatagramPacket answer = new DatagramPacket(new byte[100], 100);
      client.receive(answer);
      assertThat(new String(answer.getData(), 0, answer.getLength(), US_ASCII)).isEqualTo("hello");
      assertThat(server.datagramsReceived()).isEqualTo(1);
    }
  }
}
