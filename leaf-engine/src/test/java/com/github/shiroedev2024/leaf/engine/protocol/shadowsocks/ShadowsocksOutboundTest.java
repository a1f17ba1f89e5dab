package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.crypto.AeadChunkWriter;
import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import com.github.shiroedev2024.leaf.engine.crypto.HkdfSha1;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.helpers.NOPLoggerFactory;

/** The outbound over real sockets, against a server of the test's own that obeys line by line. */
@ExtendWith(LeakCheck.class)
class ShadowsocksOutboundTest {
  private static final ShadowsocksKey KEY =
      new ShadowsocksKey(AeadMethod.CHACHA20_POLY1305, "secret");
  private static final Destination TARGET = Destination.of("a.example", 443);

  @Test
  void halfCloseLeavesTheOtherDirectionOpen() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
        Tunnel tunnel = tunnel(server, "")) {
      FutureTask<byte[]> request =
          run(
              () -> {
                try (Socket peer = server.accept()) {
                  byte[] all = peer.getInputStream().readAllBytes();
                  peer.getOutputStream().write(sealed("late answer".getBytes(US_ASCII)));
                  return all;
                }
              });
      try (Socket client = tunnel.connect(TARGET)) {
        client.getOutputStream().write("request".getBytes(US_ASCII));
        client.shutdownOutput();
        assertThat(client.getInputStream().readAllBytes())
            .isEqualTo("late answer".getBytes(US_ASCII));
      }
      ByteBuf opened = Unpooled.wrappedBuffer(opened(Await.result(request)));
      assertThat(SocksAddress.read(opened)).isEqualTo(TARGET);
      assertThat(opened.toString(US_ASCII)).isEqualTo("request");
      assertThat(end(tunnel)).isEqualTo(CloseReason.FINISHED);
    }
  }

  @Test
  void thePrefixComesFirstOnTheWire() throws Exception {
    String prefix = "HTTP/1.1 ä";
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
        Tunnel tunnel = tunnel(server, prefix)) {
      FutureTask<byte[]> all = run(() -> acceptAll(server));
      try (Socket client = tunnel.connect(TARGET)) {
        client.shutdownOutput();
        byte[] sent = Await.result(all);
        assertThat(sent).startsWith(prefix.getBytes(UTF_8));
        assertThat(SocksAddress.read(Unpooled.wrappedBuffer(opened(sent)))).isEqualTo(TARGET);
      }
    }
  }

  @Test
  void anAlteredAnswerResetsTheClient() throws Exception {
    byte[] answer = sealed(new byte[1000]);
    answer[answer.length - 1]++;
    assertThat(endAfter(answer)).isEqualTo(CloseReason.PROTOCOL_ERROR);
  }

  @Test
  void anAnswerCutWithinAChunkIsAnError() throws Exception {
    byte[] answer = sealed(new byte[1000]);
    assertThat(endAfter(Arrays.copyOf(answer, answer.length - 1)))
        .isEqualTo(CloseReason.PROTOCOL_ERROR);
  }

  @Test
  void anAnswerUnderAnotherKeyIsAnAuthenticationFailure() throws Exception {
    assertThat(endAfter(new byte[200])).isEqualTo(CloseReason.AUTH_FAILED);
  }

  @Test
  void anUnreachableServerIsADialFailure() throws Exception {
    ServerSocket server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
    try (Tunnel tunnel = tunnel(server, "")) {
      server.close();
      try (Socket client = tunnel.connect(TARGET)) {
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(end(tunnel)).isEqualTo(CloseReason.REFUSED);
      }
    }
  }

  @Test
  void aNameThatDoesNotFitIsRefused() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
        Tunnel tunnel = tunnel(server, "");
        Socket client = tunnel.connect(Destination.of("x".repeat(256), 1))) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      assertThat(end(tunnel)).isEqualTo(CloseReason.NOT_SUPPORTED);
    }
  }

  /** How the session ends when the server answers this and ends. */
  private static CloseReason endAfter(byte[] answer) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
        Tunnel tunnel = tunnel(server, "")) {
      FutureTask<Void> served =
          run(
              () -> {
                try (Socket peer = server.accept()) {
                  peer.getInputStream().readNBytes(32 + 18);
                  peer.getOutputStream().write(answer);
                  peer.shutdownOutput();
                  peer.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                  // a reset is one way to end
                }
                return null;
              });
      try (Socket client = tunnel.connect(TARGET)) {
        client.getOutputStream().write('x');
        CloseReason reason = Await.value("close reason", () -> tunnel.session().closeReason());
        Await.until("the server's end", served::isDone);
        return reason;
      }
    }
  }

  private static CloseReason end(Tunnel tunnel) {
    return Await.value("close reason", () -> tunnel.session().closeReason());
  }

  private static byte[] acceptAll(ServerSocket server) throws IOException {
    try (Socket peer = server.accept()) {
      return peer.getInputStream().readAllBytes();
    }
  }

  private static <T> FutureTask<T> run(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofPlatform().daemon().start(task);
    return task;
  }

  private static Tunnel tunnel(ServerSocket server, String prefix) {
    Destination address = Destination.of("127.0.0.1", server.getLocalPort());
    ShadowsocksOptions options =
        new ShadowsocksOptions(address, ShadowsocksMethod.CHACHA20_POLY1305, "secret", prefix);
    return new Tunnel(
        new ShadowsocksOutbound("ss", options, InstantSource.system(), new NOPLoggerFactory()),
        true);
  }

  /** What the server sends. */
  private static byte[] sealed(byte[] plain) {
    byte[] salt = new byte[32];
    ByteBuf out = Unpooled.buffer().writeBytes(salt);
    ByteBuf in = Unpooled.wrappedBuffer(plain);
    new AeadChunkWriter(AeadCipher.sealing(KEY.method(), KEY.subkey(new HkdfSha1(), salt)), 0x3FFF)
        .seal((into, at, length) -> in.readBytes(into, at, length), plain.length, out);
    return ByteBufUtil.getBytes(out);
  }

  private static byte[] opened(byte[] sealed) throws Exception {
    ByteBuf all = Unpooled.buffer();
    StreamOpener opener = AeadStreams.opener(KEY);
    opener.read(
        Unpooled.copiedBuffer(sealed),
        ByteBufAllocator.DEFAULT,
        piece -> {
          all.writeBytes(piece);
          piece.release();
        });
    assertThat(opener.atBoundary()).isTrue();
    opener.close();
    return ByteBufUtil.getBytes(all);
  }
}
