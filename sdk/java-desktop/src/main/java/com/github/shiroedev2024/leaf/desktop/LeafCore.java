package com.github.shiroedev2024.leaf.desktop;

import com.github.shiroedev2024.leaf.desktop.delegate.CoreListener;
import com.github.shiroedev2024.leaf.desktop.delegate.LeafListener;
import com.github.shiroedev2024.leaf.desktop.http.HttpClientTransport;
import com.github.shiroedev2024.leaf.sdk.http.ApiCaller;
import com.github.shiroedev2024.leaf.sdk.http.ApiRequest;
import com.github.shiroedev2024.leaf.sdk.http.ApiResponse;
import com.github.shiroedev2024.leaf.sdk.model.ConfigProblem;
import com.github.shiroedev2024.leaf.sdk.model.LeafHome;
import com.github.shiroedev2024.leaf.sdk.model.LeafPreferences;
import com.github.shiroedev2024.leaf.sdk.model.ReloadReply;
import com.github.shiroedev2024.leaf.sdk.model.UpdateLeafPreferences;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Controls the core of one home: the process that hosts the runtime and outlives it. Talks to it
 * over its Unix socket, which needs Java 16 or later; on an older Java every call fails and says
 * so. Thread-safe; calls block until they are answered.
 *
 * <p>Calls fail with {@link com.github.shiroedev2024.leaf.sdk.LeafException} when the core says no
 * (its message is the core's text), {@link ConnectException} when no core runs, {@link
 * java.net.SocketTimeoutException} when it does not answer, and another {@link IOException}
 * otherwise.
 *
 * <pre>{@code
 * try (LeafCore core = new LeafCore()) {
 *   core.startCore();
 *   core.runLeaf();
 *   try (ApiClient leaf = new ApiClient(core.getPreferences())) {
 *     System.out.println(leaf.checkConnectivity().getTcpMs() + " ms");
 *   }
 * }
 * }</pre>
 */
public final class LeafCore implements AutoCloseable {
  /** The first Java that has Unix sockets. */
  private static final int UNIX_SOCKETS = 16;

  /** A start or reload reads large rule sets. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final int CONNECTIONS = 16;

  /** How soon to look again whether a core runs. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  private final LeafHome home;
  private final CoreProgram program;
  private final int javaVersion;
  private final ScheduledExecutorService follower =
      Executors.newSingleThreadScheduledExecutor(daemon("leaf-core-events"));
  private final ExecutorService delivery =
      Executors.newSingleThreadExecutor(daemon("leaf-core-listeners"));
  private final CoreStates states = new CoreStates(this::deliver);

  // guarded by this
  private @Nullable Connection connection;
  private @Nullable Runnable endStream;
  private boolean following;
  private boolean closed;

  /** The core of the home that {@code LEAF_HOME} names, else of the user's own. */
  public LeafCore() {
    this(LeafHome.current(), null, System.getenv(), Runtime.version().feature());
  }

  /** The core of the home in this folder, as {@code --home} names it. */
  public LeafCore(Path home) {
    this(
        LeafHome.at(home),
        home.toAbsolutePath().toString(),
        System.getenv(),
        Runtime.version().feature());
  }

  LeafCore(
      LeafHome home, @Nullable String named, Map<String, String> environment, int javaVersion) {
    this.home = home;
    this.program = new CoreProgram(environment, named);
    this.javaVersion = javaVersion;
  }

  private static ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  private synchronized void deliver(Runnable event) {
    if (!closed) {
      delivery.execute(event);
    }
  }

  /** The socket that was there when the connection was made, and what calls it. */
  private static final class Connection {
    final Path socket;
    final HttpClientTransport transport;
    final ApiCaller calls;

    Connection(Path socket, LeafHome home) {
      this.socket = socket;
      this.transport =
          new HttpClientTransport("http://localhost", socket, CONNECT, PATIENCE, CONNECTIONS);
      this.calls =
          new ApiCaller(
              transport,
              "the core of " + home.state(),
              "no core runs for " + home.state(),
              "; start it with 'leaf core start'",
              PATIENCE);
    }
  }

  /** Where the socket is now: a path too long for a socket is recorded beside it. */
  private Path socket() throws IOException {
    Path run = home.state().resolve("run");
    Path record = run.resolve("control.path");
    if (Files.isRegularFile(record)) {
      return Path.of(new String(Files.readAllBytes(record), StandardCharsets.UTF_8).trim());
    }
    return run.resolve("control.sock");
  }

  private synchronized Connection connection() throws IOException {
    if (javaVersion < UNIX_SOCKETS) {
      throw new IOException(
          "control of the core needs Java "
              + UNIX_SOCKETS
              + " or later for its Unix socket; this is Java "
              + javaVersion);
    }
    if (closed) {
      throw new IOException("this LeafCore is closed");
    }
    Path socket = socket();
    Connection now = connection;
    if (now == null || !now.socket.equals(socket)) {
      if (now != null) {
        now.transport.close();
      }
      now = new Connection(socket, home);
      connection = now;
    }
    return now;
  }

  private JsonObject ask(ApiRequest request) throws IOException {
    return connection().calls.call(request, JsonObject.class);
  }

  /**
   * Starts a core in the background with the program that {@code LEAF_BIN} names, else {@code leaf}
   * on the path; returns once it answers. Nothing happens when one runs.
   */
  public void startCore() throws IOException {
    if (isCoreRunning()) {
      return;
    }
    states.core("starting", null);
    try {
      program.start();
    } catch (IOException e) {
      states.core("error", e.getMessage());
      throw e;
    }
    states.core("started", null);
  }

  /** Stops the runtime and ends the core; returns once the process has ended. */
  public void stopCore() throws IOException {
    JsonObject reply = ask(ApiRequest.post("stopCore", "/v1/core/shutdown"));
    CoreProgram.awaitEnd(number(reply, "pid", "stopCore"));
    states.gone();
  }

  /** Kills the core, for one that no longer answers; nothing happens when none runs. */
  public void forceStopCore() throws IOException {
    long pid = CoreProgram.owner(home.state().resolve("run").resolve("core.lock"));
    if (pid == 0) {
      return;
    }
    CoreProgram.kill(pid);
    states.gone();
  }

  /** Whether a core answers. */
  public boolean isCoreRunning() throws IOException {
    try {
      ping();
      return true;
    } catch (ConnectException e) {
      return false;
    }
  }

  /** Whether the core answers: its version, such as {@code 0.1.0}. */
  public String ping() throws IOException {
    JsonElement version = ask(ApiRequest.get("ping", "/v1/ping")).get("version");
    if (version == null || !version.isJsonPrimitive()) {
      throw new IOException("ping: the core's answer has no version");
    }
    return version.getAsString();
  }

  /** The core's version, such as {@code 0.1.0}. */
  public String getVersion() throws IOException {
    return ping();
  }

  /** Starts the runtime in the core; returns once it runs. */
  public void runLeaf() throws IOException {
    connection().calls.call(ApiRequest.post("runLeaf", "/v1/leaf/start"));
  }

  /** Has the runtime read its configuration again; returns once the new one is live. */
  public ReloadReply reloadLeaf() throws IOException {
    ReloadReply reply =
        connection()
            .calls
            .call(ApiRequest.post("reloadLeaf", "/v1/leaf/reload"), ReloadReply.class);
    states.eachLeaf(LeafListener::onLeafReloaded);
    return reply;
  }

  /** Stops the runtime; the core stays. */
  public void stopLeaf() throws IOException {
    connection().calls.call(ApiRequest.post("stopLeaf", "/v1/leaf/stop"));
  }

  /** Whether the runtime runs; false when no core does. */
  public boolean isLeafRunning() throws IOException {
    JsonObject status;
    try {
      status = ask(ApiRequest.get("isLeafRunning", "/v1/status"));
    } catch (ConnectException e) {
      return false;
    }
    JsonElement leaf = status.get("leaf");
    JsonElement state =
        leaf == null || !leaf.isJsonObject() ? null : leaf.getAsJsonObject().get("state");
    return state != null && state.isJsonPrimitive() && state.getAsString().equals("started");
  }

  /** Reads the core's configuration file without applying it; empty when all is well. */
  public List<ConfigProblem> testConfig() throws IOException {
    return problems(ApiRequest.post("testConfig", "/v1/config/test"));
  }

  /**
   * Reads a configuration without applying it; empty when all is well.
   *
   * @param text the whole configuration, {@code .conf} or JSON
   */
  public List<ConfigProblem> testConfig(String text) throws IOException {
    return problems(ApiRequest.with("testConfig", "POST", "/v1/config/test", text));
  }

  /** The part of the answer that counts. */
  private static final class Problems {
    private ConfigProblem @Nullable [] problems;
  }

  private List<ConfigProblem> problems(ApiRequest request) throws IOException {
    ConfigProblem[] found = connection().calls.call(request, Problems.class).problems;
    return found == null ? Collections.emptyList() : Arrays.asList(found);
  }

  /** The preferences, with the port of the API that is in force while the runtime runs. */
  public LeafPreferences getPreferences() throws IOException {
    return preferences(ApiRequest.get("getPreferences", "/v1/preferences"));
  }

  /**
   * Changes preferences; they take effect when the runtime next starts or reloads.
   *
   * @return the preferences now
   */
  public LeafPreferences setPreferences(UpdateLeafPreferences changes) throws IOException {
    return preferences(
        ApiRequest.with("setPreferences", "PATCH", "/v1/preferences", changes.toJson()));
  }

  private LeafPreferences preferences(ApiRequest request) throws IOException {
    try {
      return LeafPreferences.fromJson(ask(request).toString());
    } catch (JsonParseException e) {
      throw new IOException(request.call() + ": the core's answer is not preferences", e);
    }
  }

  private static long number(JsonObject reply, String name, String call) throws IOException {
    JsonElement value = reply.get(name);
    if (value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()) {
      throw new IOException(call + ": the core's answer has no " + name);
    }
    return value.getAsLong();
  }

  /** Tells a listener the core's present state and then every change. */
  public void addCoreListener(CoreListener listener) {
    states.add(listener);
    follow();
  }

  /** Tells the listener nothing more; harmless when it is not there. */
  public void removeCoreListener(CoreListener listener) {
    states.remove(listener);
  }

  /** Tells a listener the runtime's present state and then every change. */
  public void addLeafListener(LeafListener listener) {
    states.add(listener);
    follow();
  }

  /** Tells the listener nothing more; harmless when it is not there. */
  public void removeLeafListener(LeafListener listener) {
    states.remove(listener);
  }

  private synchronized void follow() {
    if (!following && !closed) {
      following = true;
      follower.scheduleWithFixedDelay(
          this::readEvents, 0, LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Reads one event stream to its end; is run again and again. */
  private void readEvents() {
    try {
      ApiResponse refused =
          connection().transport.stream(
              ApiRequest.get("events", "/v1/events"), this::streaming, states::line);
      if (refused != null && !refused.succeeded()) {
        states.core("error", "events: " + refused.body().trim());
        return;
      }
      states.gone();
    } catch (ConnectException e) {
      states.gone();
    } catch (IOException | RuntimeException e) {
      if (isClosed()) {
        return;
      }
      if (javaVersion < UNIX_SOCKETS) {
        states.core("error", e.getMessage());
      } else {
        states.gone();
      }
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void streaming(Runnable end) {
    if (closed) {
      end.run();
    }
    endStream = end;
  }

  /** Lets go of the core, which goes on; listeners hear nothing more. Harmless when done twice. */
  @Override
  public synchronized void close() {
    closed = true;
    if (endStream != null) {
      endStream.run();
    }
    if (connection != null) {
      connection.transport.close();
    }
    follower.shutdownNow();
    delivery.shutdownNow();
  }
}
