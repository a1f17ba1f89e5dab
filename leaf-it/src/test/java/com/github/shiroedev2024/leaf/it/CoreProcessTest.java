package com.github.shiroedev2024.leaf.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.it.LeafProgram.Ended;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.FreePorts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process: its two lifetimes, its signals, its answers to a shell. */
@Tag("slow")
class CoreProcessTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path home;
  private final String socks = String.valueOf(FreePorts.any());
  private final String api = String.valueOf(FreePorts.any());
  private String at = "";

  @BeforeEach
  void place() {
    at = home.toString();
  }

  private LeafProgram running() throws Exception {
    LeafProgram program =
        LeafProgram.start("run", "--home", at, "--socks-port", socks, "--api-port", api);
    Await.until(
        LONG, "the banner", () -> !program.isAlive() || program.output().contains("Ctrl-C"));
    assertThat(program.output()).contains("127.0.0.1:" + socks).contains("127.0.0.1:" + api);
    return program;
  }

  private HttpResponse<String> call(String method, String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api + path))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private boolean apiAnswers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", Integer.parseInt(api)), 500);
      return true;
    } catch (java.io.IOException e) {
      return false;
    }
  }

  @Test
  void runtimeStopsAndStartsWhileTheCoreStays() throws Exception {
    try (LeafProgram program = running()) {
      assertThat(LeafProgram.run("ping", "--home", at)).isEqualTo(new Ended(0, "0.1.0\n"));
      Path socket = home.resolve("run/control.sock");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("run"))))
          .isEqualTo("rwx------");
      assertThat(call("POST", "/api/v1/runtime/shutdown").statusCode()).isEqualTo(200);
      Await.until("the API has gone", () -> !apiAnswers());
      Await.until("it says how to go on", () -> program.output().contains("leaf start"));
      assertThat(LeafProgram.run("ping", "--home", at).code()).isZero();
      assertThat(LeafProgram.run("start", "--home", at).code()).isZero();
      assertThat(apiAnswers()).isTrue();
      assertThat(LeafProgram.run("ctl", "--home", at, "outbounds").output()).contains("OUT");
      assertThat(LeafProgram.run("core", "stop", "--home", at).code()).isZero();
      assertThat(program.end().code()).isZero();
      Ended ping = LeafProgram.run("ping", "--home", at);
      assertThat(ping.code()).isEqualTo(1);
    }
  }

  @Test
  void secondCoreInOneHomeNamesTheFirst() throws Exception {
    try (LeafProgram program = running()) {
      Ended second = LeafProgram.run("run", "--home", at);
      assertThat(second.code()).isEqualTo(1);
      assertThat(second.output()).contains("already running, pid " + program.pid());
    }
  }

  @Test
  void busyPortNamesItsHolderAndTheFlag() throws Exception {
    try (ServerSocket holder =
        new ServerSocket(Integer.parseInt(socks), 1, InetAddress.getLoopbackAddress())) {
      Ended refused =
          LeafProgram.run("run", "--home", at, "--socks-port", socks, "--api-port", api);
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.output())
          .contains("127.0.0.1:" + holder.getLocalPort())
          .contains("pid " + ProcessHandle.current().pid())
          .contains("--socks-port")
          .doesNotContain("Exception");
    }
    try (ServerSocket holder =
        new ServerSocket(Integer.parseInt(api), 1, InetAddress.getLoopbackAddress())) {
      Ended refused =
          LeafProgram.run("run", "--home", at, "--socks-port", socks, "--api-port", api);
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.output())
          .contains("127.0.0.1:" + holder.getLocalPort())
          .contains("pid " + ProcessHandle.current().pid())
          .contains("--api-port")
          .doesNotContain("Exception");
    }
  }

  @Test
  void terminationLetsAConnectionFinish() throws Exception {
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO);
        LeafProgram program = running();
        Socket socket =
            new Socket(
                new Proxy(
                    Proxy.Type.SOCKS,
                    new InetSocketAddress("127.0.0.1", Integer.parseInt(socks))))) {
      socket.connect(echo.address());
      socket.getOutputStream().write(1);
      assertThat(socket.getInputStream().read()).isEqualTo(1);
      program.signal("TERM");
      Await.until("it stops", () -> program.output().contains("stopping"));
      socket.getOutputStream().write(2);
      assertThat(socket.getInputStream().read()).isEqualTo(2);
      socket.shutdownOutput();
      Ended ended = program.end();
      assertThat(ended.code()).isIn(0, 143);
      assertThat(ended.output()).doesNotContain("starts it again");
    }
  }

  @Test
  void hangUpReloads() throws Exception {
    try (LeafProgram program = running()) {
      program.signal("HUP");
      Await.until("it has reloaded", () -> program.output().contains("reloaded"));
      assertThat(program.isAlive()).isTrue();
    }
  }

  @Test
  void backgroundCoreStartsAndStops() throws Exception {
    Path config = home.resolve("mine.conf");
    Files.writeString(
        config,
        "[General]\nsocks-interface = 127.0.0.1\nsocks-port = "
            + socks
            + "\napi-port = "
            + api
            + "\n[Proxy]\nD = direct\n");
    Ended started = LeafProgram.run("core", "start", "-c", config.toString(), "--home", at);
    try {
      assertThat(started.code()).as(started.output()).isZero();
      Ended leaf = LeafProgram.run("start", "--home", at);
      assertThat(leaf.code()).as(leaf.output()).isZero();
      assertThat(call("GET", "/api/v1/app/outbound/list").body()).isEqualTo("{\"outbounds\":[]}");
      assertThat(LeafProgram.run("core", "status", "--home", at).output()).contains("runs, pid");
    } finally {
      assertThat(LeafProgram.run("core", "stop", "--home", at).code()).isZero();
    }
    Await.until("the API has gone", () -> !apiAnswers());
  }

  @Test
  void oldCommandLineTestsFilesAndOutbounds() throws Exception {
    Path good = home.resolve("good.conf");
    Files.writeString(
        good, "[General]\nsocks-interface = 127.0.0.1\nsocks-port = 1080\n[Proxy]\nD = direct\n");
    assertThat(LeafProgram.run("-T", "-c", good.toString())).isEqualTo(new Ended(0, "ok\n"));
    Path bad = home.resolve("bad.conf");
    Files.writeString(bad, "[Proxy]\nD = direct\n[Rule]\nDOMAIN,a.example,Nowhere\n");
    Ended refused = LeafProgram.run("test", "-c", bad.toString());
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.output()).contains(bad + ":4").contains("Nowhere");
    assertThat(LeafProgram.run("-c", good.toString(), "-t", "X").code()).isEqualTo(1);
  }

  @Test
  void commandsSayWhenNothingListens() throws Exception {
    Ended refused = LeafProgram.run("ctl", "outbounds", "--home", at, "--api-port", api);
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.output())
        .contains(
            "Leaf is not running on 127.0.0.1:"
                + api
                + " (connection refused); start it with 'leaf run'");
  }
}
