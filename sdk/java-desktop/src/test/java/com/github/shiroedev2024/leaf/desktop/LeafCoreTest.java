package com.github.shiroedev2024.leaf.desktop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.desktop.delegate.CoreListener;
import com.github.shiroedev2024.leaf.desktop.delegate.LeafListener;
import com.github.shiroedev2024.leaf.sdk.LeafException;
import com.github.shiroedev2024.leaf.sdk.model.ConfigProblem;
import com.github.shiroedev2024.leaf.sdk.model.LeafHome;
import com.github.shiroedev2024.leaf.sdk.model.LeafPreferences;
import com.github.shiroedev2024.leaf.sdk.model.LogLevel;
import com.github.shiroedev2024.leaf.sdk.model.UpdateLeafPreferences;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeafCoreTest {
  private static final String FIRST =
      FakeCore.event("core", "started", "null") + FakeCore.event("leaf", "stopped", "null");

  @TempDir Path home;

  private FakeCore fake() throws IOException {
    return new FakeCore(home.resolve("run/control.sock"), FIRST);
  }

  /** What listeners heard, in order. */
  private static final class Heard implements CoreListener, LeafListener {
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    @Override
    public void onCoreStarting() {
      events.add("core starting");
    }

    @Override
    public void onCoreStarted() {
      events.add("core started");
    }

    @Override
    public void onCoreStopping() {
      events.add("core stopping");
    }

    @Override
    public void onCoreStopped() {
      events.add("core stopped");
    }

    @Override
    public void onCoreError(@Nullable String error) {
      events.add("core error " + error);
    }

    @Override
    public void onLeafStarting() {
      events.add("leaf starting");
    }

    @Override
    public void onLeafStarted() {
      events.add("leaf started");
    }

    @Override
    public void onLeafReloaded() {
      events.add("leaf reloaded");
    }

    @Override
    public void onLeafStopping() {
      events.add("leaf stopping");
    }

    @Override
    public void onLeafStopped() {
      events.add("leaf stopped");
    }

    @Override
    public void onLeafError(@Nullable String error) {
      events.add("leaf error " + error);
    }

    String next() throws InterruptedException {
      String event = events.poll(20, TimeUnit.SECONDS);
      return event == null ? "nothing" : event;
    }
  }

  @Test
  void eachCallSendsItsRequestAndReadsItsReply() throws IOException {
    try (FakeCore fake = fake();
        LeafCore core = new LeafCore(home)) {
      fake.answer("GET /v1/ping", 200, "{\"version\":\"0.1.0\",\"pid\":1}");
      fake.answer("POST /v1/leaf/start", 200, "{\"api_port\":10001,\"listeners\":[]}");
      fake.answer("POST /v1/leaf/stop", 200, "{\"stopped\":true}");
      fake.answer("POST /v1/leaf/reload", 200, "{\"added\":[\"a\"],\"kept_connections\":4}");
      fake.answer("GET /v1/status", 200, "{\"core\":{},\"leaf\":{\"state\":\"started\"}}");
      fake.answer(
          "POST /v1/config/test",
          200,
          "{\"problems\":[{\"severity\":\"error\",\"file\":\"f\",\"line\":3,\"reason\":\"r\"}]}");
      fake.answer("GET /v1/preferences", 200, "{\"api_port\":12345}");
      fake.answer("PATCH /v1/preferences", 200, "{\"log_level\":3}");

      assertThat(core.isCoreRunning()).isTrue();
      assertThat(core.getVersion()).isEqualTo("0.1.0");
      core.runLeaf();
      assertThat(core.isLeafRunning()).isTrue();
      assertThat(core.reloadLeaf().getAdded()).containsExactly("a");
      core.stopLeaf();
      assertThat(core.testConfig()).extracting(ConfigProblem::getLine).containsExactly(3);
      assertThat(core.testConfig("[General]")).hasSize(1);
      assertThat(core.getPreferences().getApiPort()).isEqualTo(12_345);
      UpdateLeafPreferences update = new UpdateLeafPreferences();
      update.setLogLevel(LogLevel.WARN);
      LeafPreferences now = core.setPreferences(update);
      assertThat(now.getLogLevel()).isEqualTo(LogLevel.WARN);
      core.startCore(); // one runs

      assertThat(fake.requests())
          .containsExactly(
              "GET /v1/ping",
              "GET /v1/ping",
              "POST /v1/leaf/start",
              "GET /v1/status",
              "POST /v1/leaf/reload",
              "POST /v1/leaf/stop",
              "POST /v1/config/test",
              "POST /v1/config/test [General]",
              "GET /v1/preferences",
              "PATCH /v1/preferences {\"log_level\":3}",
              "GET /v1/ping");
    }
  }

  @Test
  void aRefusalCarriesTheCoresText() throws IOException {
    try (FakeCore fake = fake();
        LeafCore core = new LeafCore(home)) {
      fake.answer("POST /v1/leaf/start", 500, "config.conf:3: unknown group 'X'\n");
      assertThatThrownBy(core::runLeaf)
          .isInstanceOfSatisfying(
              LeafException.class, e -> assertThat(e.getStatus()).isEqualTo(500))
          .hasMessage("config.conf:3: unknown group 'X'");
    }
  }

  @Test
  void withoutACoreEveryCallSaysHowToStartOne() throws IOException {
    try (LeafCore core = new LeafCore(home)) {
      assertThat(core.isCoreRunning()).isFalse();
      assertThat(core.isLeafRunning()).isFalse();
      assertThatThrownBy(core::runLeaf)
          .isInstanceOf(ConnectException.class)
          .hasMessageStartingWith("no core runs for " + home)
          .hasMessageEndingWith("; start it with 'leaf core start'");
      core.forceStopCore(); // nothing to kill
    }
    fake().close();
    try (LeafCore core = new LeafCore(home)) {
      assertThat(core.isCoreRunning()).isFalse();
    }
  }

  @Test
  void aSocketElsewhereIsFoundByItsRecord(@TempDir Path elsewhere) throws IOException {
    Path socket = elsewhere.resolve("control.sock");
    Files.createDirectories(home.resolve("run"));
    Files.write(home.resolve("run/control.path"), (socket + "\n").getBytes(StandardCharsets.UTF_8));
    try (FakeCore fake = new FakeCore(socket, FIRST);
        LeafCore core = new LeafCore(home)) {
      fake.answer("GET /v1/ping", 200, "{\"version\":\"0.1.0\",\"pid\":1}");
      assertThat(core.ping()).isEqualTo("0.1.0");
    }
  }

  @Test
  void listenersHearThePresentStateAndThenEveryChange() throws Exception {
    Heard core = new Heard();
    Heard leaf = new Heard();
    try (LeafCore control = new LeafCore(home)) {
      control.addCoreListener(core);
      control.addLeafListener(leaf);
      assertThat(core.next()).isEqualTo("core stopped");
      assertThat(leaf.next()).isEqualTo("leaf stopped");
      try (FakeCore fake = fake()) {
        assertThat(core.next()).isEqualTo("core started");
        await(fake);
        fake.push(": a comment\n\n");
        fake.push("data: no json\n\n");
        fake.push(FakeCore.event("later", "started", "null"));
        fake.push(FakeCore.event("leaf", "starting", "null"));
        fake.push(FakeCore.event("leaf", "error", "\"port 1080 is taken\""));
        fake.push(FakeCore.event("leaf", "started", "null"));
        fake.push(FakeCore.event("leaf", "stopping", "null"));
        assertThat(leaf.next()).isEqualTo("leaf starting");
        assertThat(leaf.next()).isEqualTo("leaf error port 1080 is taken");
        assertThat(leaf.next()).isEqualTo("leaf started");
        assertThat(leaf.next()).isEqualTo("leaf stopping");

        Heard late = new Heard();
        control.addLeafListener(late);
        control.addLeafListener(late);
        assertThat(late.next()).isEqualTo("leaf stopping");
        fake.answer("POST /v1/leaf/reload", 200, "{}");
        control.reloadLeaf();
        assertThat(late.next()).isEqualTo("leaf reloaded");
        control.removeLeafListener(late);
        fake.push(FakeCore.event("leaf", "started", "null"));
        assertThat(leaf.next()).isEqualTo("leaf reloaded");
        assertThat(leaf.next()).isEqualTo("leaf started");
        assertThat(late.events).isEmpty();
      }
      assertThat(core.next()).isEqualTo("core stopped");
      assertThat(leaf.next()).isEqualTo("leaf stopped");
    }
  }

  private static void await(FakeCore fake) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (fake.listeners() == 0 && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertThat(fake.listeners()).isEqualTo(1);
  }

  private Path program(String script) throws IOException {
    Path program = home.resolve("leaf-program");
    Files.write(program, ("#!/bin/sh\n" + script + "\n").getBytes(StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return program;
  }

  private LeafCore core(Map<String, String> environment, int javaVersion) {
    return new LeafCore(LeafHome.at(home), home.toString(), environment, javaVersion);
  }

  @Test
  void startCoreRunsTheNamedProgram() throws Exception {
    Path said = home.resolve("said");
    Path program = program("echo \"$@\" > '" + said + "'");
    Heard heard = new Heard();
    try (LeafCore core = core(Map.of("LEAF_BIN", program.toString()), 25)) {
      core.addCoreListener(heard);
      assertThat(heard.next()).isEqualTo("core stopped");
      core.startCore();
      assertThat(new String(Files.readAllBytes(said), StandardCharsets.UTF_8))
          .isEqualTo("core start --home " + home + "\n");
      assertThat(heard.next()).isEqualTo("core starting");
      assertThat(heard.next()).isEqualTo("core started");
    }
  }

  @Test
  void startCoreTellsWhyItFailed() throws Exception {
    Path program = program("echo 'the home is read-only' >&2; exit 3");
    Heard heard = new Heard();
    try (LeafCore core = core(Map.of("LEAF_BIN", program.toString()), 25)) {
      core.addCoreListener(heard);
      assertThat(heard.next()).isEqualTo("core stopped");
      assertThatThrownBy(core::startCore)
          .isInstanceOf(LeafException.class)
          .hasMessage("the home is read-only");
      assertThat(heard.next()).isEqualTo("core starting");
      assertThat(heard.next()).isEqualTo("core error the home is read-only");
    }
    try (LeafCore core = core(Map.of("LEAF_BIN", home + "/nothing"), 25)) {
      assertThatThrownBy(core::startCore)
          .hasMessageContaining("cannot run '" + home + "/nothing'")
          .hasMessageContaining("LEAF_BIN");
    }
  }

  @Test
  void stopCoreWaitsForTheProcess() throws Exception {
    Process process = new ProcessBuilder("sleep", "2").start();
    try (FakeCore fake = fake();
        LeafCore core = new LeafCore(home)) {
      fake.answer("POST /v1/core/shutdown", 200, "{\"pid\":" + process.pid() + "}");
      core.stopCore();
      assertThat(process.isAlive()).isFalse();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void forceStopCoreKillsTheHolderOfTheLockOnly() throws Exception {
    Process process = new ProcessBuilder("sleep", "60").start();
    Path lock = home.resolve("run/core.lock");
    Files.createDirectories(home.resolve("run"));
    Files.write(lock, (process.pid() + "\n").getBytes(StandardCharsets.US_ASCII));
    try (LeafCore core = new LeafCore(home)) {
      core.forceStopCore();
      assertThat(process.isAlive()).as("the lock is free, so the id is an old one").isTrue();
      try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        assertThat(held.isValid()).isTrue();
        core.forceStopCore();
      }
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void anOldJavaIsToldSo() throws Exception {
    Heard heard = new Heard();
    try (LeafCore core = core(Map.of(), 11)) {
      String text =
          "control of the core needs Java 16 or later for its Unix socket; this is Java 11";
      for (Call call : List.<Call>of(core::ping, core::runLeaf, core::startCore)) {
        assertThatThrownBy(call::make).isInstanceOf(IOException.class).hasMessage(text);
      }
      core.addCoreListener(heard);
      assertThat(heard.next()).isEqualTo("core error " + text);
    }
  }

  private interface Call {
    void make() throws IOException;
  }

  @Test
  void aClosedCoreControlSaysSo() throws Exception {
    LeafCore core = new LeafCore(home);
    core.close();
    core.close();
    assertThatThrownBy(core::ping).hasMessageContaining("closed");
    core.addCoreListener(new Heard()); // hears nothing
  }
}
