package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.codec.UuidUser;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.Association;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.ScriptedServer;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.protocol.http.HttpInbound;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.RefusingPort;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.helpers.NOPLoggerFactory;

/** Both halves, on sockets. */
@ExtendWith(LeakCheck.class)
final class VmessEndToEndTest {
  private static final UUID ID = UUID.fromString("b831381d-6324-4d53-ad4f-8cda48b30811");
  private static final Destination TARGET = Destination.of("site.example", 443);

  private final List<AutoCloseable> open = new ArrayList<>();
  private final SmallEngine near = closing(new SmallEngine());
  private final SmallEngine far = closing(new SmallEngine());

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T closing(T part) {
    open.add(part);
    return part;
  }

  private static Destination local(int port) {
    return Destination.of("127.0.0.1", port);
  }

  private VmessOutbound outbound(@Nullable Destination server) {
    return outbound(server, VmessSecurity.AES_128_GCM);
  }

  private VmessOutbound outbound(@Nullable Destination server, VmessSecurity security) {
    return new VmessOutbound(
        "node",
        new VmessOptions(server, ID, security),
        InstantSource.system(),
        new NOPLoggerFactory());
  }

  private int server(SmallEngine engine) {
    VmessInboundOptions options = new VmessInboundOptions(List.of(new UuidUser(ID, "ann")));
    return engine.listen(context -> new VmessInbound("in", options, context));
  }

  private Client client() {
    return closing(new Client(server(far)));
  }

  private EchoServer echo(EchoServer.Mode mode) {
    return closing(EchoServer.start(mode));
  }

  private static Session last(SmallEngine engine) {
    return Await.value(
        "a session", () -> engine.sessions().isEmpty() ? null : engine.sessions().getLast());
  }

  // The server

  /** A request of this user as a client seals it. */
  private static byte[] request(UUID id, int command, Destination to, long time) {
    byte[] key = VmessId.commandKey(id);
    VmessRequest request =
        new VmessRequest(
            VmessKeys.random(new Random(3)),
            7,
            VmessSecurity.AES_128_GCM.body(Network.TCP),
            command,
            to);
    return VmessHeader.sealRequest(
        key,
        VmessHeader.authIds(Cipher.ENCRYPT_MODE, key),
        request.write(new Random(4)),
        time,
        new SecureRandom());
  }

  private static long now() {
    return System.currentTimeMillis() / 1000;
  }

  @Test
  void whatIsNoRequestIsReadAndNotAnswered() {
    byte[] altered = request(ID, VmessRequest.TCP, local(9), now());
    altered[altered.length - 1] ^= 1;
    byte[] length = request(ID, VmessRequest.TCP, local(9), now());
    length[20] ^= 1;
    for (byte[] probe :
        List.of(
            "GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII),
            Seeds.bytes(new Random(5), 5_000),
            request(new UUID(1, 2), VmessRequest.TCP, local(9), now()),
            request(ID, VmessRequest.TCP, local(9), now() - 300),
            request(ID, VmessRequest.TCP, local(9), now() + 300),
            request(ID, 9, local(9), now()),
            altered,
            length)) {
      Client client = client();
      client.send(probe).send(new byte[8 << 20]).endOutput();
      assertThat(client.readAll()).as("an end, no reset").isEmpty();
    }
    assertThat(far.sessions()).isEmpty();
  }

  @Test
  void aReplayIsReadAndNotAnswered() {
    EchoServer echo = echo(EchoServer.Mode.ECHO);
    byte[] request = request(ID, VmessRequest.TCP, local(echo.port()), now());
    int port = server(far);
    closing(new Client(port)).send(request);
    assertThat(last(far).userId()).isEqualTo("ann");
    Client replay = closing(new Client(port));
    replay.send(request).send(new byte[8 << 20]).endOutput();
    assertThat(replay.readAll()).as("an end, no reset").isEmpty();
    assertThat(far.sessions()).hasSize(1);
  }

  @Test
  void drainingAndWaitingEndWithTheTimeForTheHandshake() {
    far.with(EngineOptions.INBOUND_ACCEPT_TIMEOUT, Duration.ofMillis(300));
    byte[] cut = Arrays.copyOf(request(ID, VmessRequest.TCP, local(9), now()), 60);
    for (byte[] probe : List.of(new byte[] {0x16, 3, 1}, cut, new byte[100], new byte[0])) {
      assertThat(client().send(probe).readAll()).isEmpty();
    }
  }

  // The client

  private Future<Channel> connect(VmessOutbound outbound, Destination to, Dialer below) {
    Session session = near.session(Network.TCP, to);
    Future<Channel> connected = near.onLoop(session, () -> outbound.connect(session, to, below));
    Await.until("connected or not", connected::isDone);
    return connected;
  }

  private static CloseReason reason(Future<Channel> connected) {
    return ((SessionException) connected.cause()).reason();
  }

  @Test
  void failuresHaveTheirReasons() throws Exception {
    RefusingPort gone = closing(new RefusingPort());
    assertThat(reason(connect(outbound(local(gone.port())), TARGET, near.dialer())))
        .isEqualTo(CloseReason.REFUSED);
    assertThat(reason(connect(outbound(null), TARGET, near.dialer())))
        .isEqualTo(CloseReason.NOT_SUPPORTED);
    assertThat(
            reason(connect(outbound(local(1)), Destination.of("x".repeat(256), 1), near.dialer())))
        .isEqualTo(CloseReason.NOT_SUPPORTED);
  }

  /** A SOCKS port that goes through the outbound. */
  private Client through(VmessOutbound outbound, Destination to) {
    near.through(outbound);
    int port = near.listen(context -> new HttpInbound("http", List.of(), context));
    Client client = closing(new Client(port));
    client.send("CONNECT " + to + " HTTP/1.1\r\n\r\n");
    assertThat(client.readText(19)).isEqualTo("HTTP/1.1 200 Connec");
    while (!client.readText(1).equals("\n") || !client.readText(2).equals("\r\n")) {
      // the rest of the head
    }
    return client;
  }

  @ParameterizedTest
  @EnumSource(VmessSecurity.class)
  void carriesAStreamToOurServer(VmessSecurity security) {
    EchoServer echo = echo(EchoServer.Mode.ECHO_AFTER_END);
    Client client = through(outbound(local(server(far)), security), local(echo.port()));
    byte[] payload = Seeds.bytes(new Random(7), 900_000);
    client.send(payload).endOutput();
    assertThat(client.readAll()).isEqualTo(payload);
    assertThat(far.sessions()).hasSize(1);
    assertThat(last(far).sent()).isEqualTo(payload.length);
  }

  @ParameterizedTest
  @EnumSource(VmessSecurity.class)
  void aRemoteThatSpeaksFirstIsHeard(VmessSecurity security) {
    EchoServer source = echo(EchoServer.Mode.source(100_000, 4));
    Client client = through(outbound(local(server(far)), security), local(source.port()));
    assertThat(client.readAll()).hasSize(100_000);
  }

  @Test
  void aServerThatAnswersSomethingElseDoesNotAuthenticate() {
    ScriptedServer server =
        closing(
            new ScriptedServer(
                peer -> {
                  peer.read(20);
                  peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
                  peer.readAll();
                }));
    Client client = through(outbound(local(server.port())), TARGET);
    assertThat(client.ends()).isTrue();
    Await.until("ended", () -> last(near).closeReason() != null);
    assertThat(last(near).closeDetail()).contains("the answer is not to our request");
  }

  @Test
  void aServerThatClosesWithoutAnAnswerIsTold() {
    ScriptedServer server = closing(new ScriptedServer(peer -> peer.read(20)));
    Client client = through(outbound(local(server.port())), TARGET);
    assertThat(client.ends()).isTrue();
    Await.until("ended", () -> last(near).closeReason() != null);
    assertThat(last(near).closeDetail()).contains("closed without an answer");
  }

  @ParameterizedTest
  @EnumSource(VmessSecurity.class)
  void eachPeerHasAStreamOfItsOwn(VmessSecurity security) {
    EchoServer a = echo(EchoServer.Mode.ECHO);
    EchoServer b = echo(EchoServer.Mode.ECHO);
    near.through(outbound(local(server(far)), security));
    Association association = new Association(near, local(a.port()));
    for (int size : new int[] {1, 1_400, 2_049, 65_456}) {
      association.exchange(a, size);
      association.exchange(b, size);
    }
    assertThat(far.sessions()).hasSize(2);
    association.session().close(CloseReason.FINISHED);
    Await.until(
        "both streams are over",
        () -> far.sessions().stream().allMatch(each -> each.closeReason() != null));
  }

  @Test
  void theAssociationEndsWithItsFirstStream() {
    ScriptedServer server = closing(new ScriptedServer(peer -> peer.read(30)));
    near.through(outbound(local(server.port())));
    Association association = new Association(near, local(9));
    association.send(local(9), new byte[10]);
    Await.until("over", () -> association.session().closeReason() != null);
  }
}
