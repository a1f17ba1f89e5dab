package com.github.shiroedev2024.leaf.runtime;

import com.github.shiroedev2024.leaf.engine.Engine;
import com.github.shiroedev2024.leaf.engine.EngineHost;
import com.github.shiroedev2024.leaf.engine.listen.Listeners;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.PortHolder;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.Sessions;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Problem;
import com.github.shiroedev2024.leaf.engine.telemetry.Ledger;
import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import com.github.shiroedev2024.leaf.runtime.control.ControlException.Kind;
import com.github.shiroedev2024.leaf.runtime.control.Replies.ConfigProblem;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Reloaded;
import com.github.shiroedev2024.leaf.runtime.control.RuntimeControl;
import com.github.shiroedev2024.leaf.runtime.control.RuntimeControl.State;
import com.github.shiroedev2024.leaf.runtime.health.HealthService;
import com.github.shiroedev2024.leaf.runtime.logs.LogRing;
import com.github.shiroedev2024.leaf.runtime.logs.RuntimeLogs;
import com.github.shiroedev2024.leaf.runtime.prefs.SelectionStore;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;

/**
 * A running Leaf: reads its configuration, runs the engine, answers control calls. Made by {@link
 * #start}, ended once by {@link #close} or a control call; a stopped one is not started again, a
 * new one is made. Two in one process know nothing of each other.
 *
 * <p>Starting, reloading and stopping are serialised; they block the calling thread.
 */
public final class LeafRuntime implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);

  private final RuntimeSettings settings;
  private final RuntimeLogs logs;
  private final SelectionStore selections;
  private final EventLoopGroup loops;
  private final EngineHost host;
  private final Logger log;
  private final RuntimeControl control;
  private final ReentrantLock lifecycle = new ReentrantLock();
  private final CompletableFuture<Void> stopping = new CompletableFuture<>();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private volatile State state = State.STARTING;
  private volatile LiveConfig live;

  private LeafRuntime(RuntimeSettings settings, LiveConfig config, RuntimeLogs logs) {
    this.settings = settings;
    this.live = config;
    this.logs = logs;
    InstantSource clock = InstantSource.system();
    this.log = logs.loggers().getLogger("leaf.runtime");
    this.selections = new SelectionStore(config.selectionsFolder(), logs.loggers());
    this.loops = Transports.newLoops(loops(settings), true, "leaf-loop");
    Sessions sessions =
        new Sessions(
            clock,
            logs.loggers(),
            config.engine().options().get(EngineOptions.MAX_RECENT_CONNECTIONS));
    this.host = new EngineHost(loops, sessions, new Ledger(), selections, logs.loggers());
    HealthService health = new HealthService(host.ledger(), logs.loggers());
    this.control = new LeafControl(this, new EngineControl(host, health, clock));
  }

  /**
   * Reads the configuration, binds everything, goes live.
   *
   * @throws RuntimeStartException naming everything that is wrong; nothing is left behind then
   */
  public static LeafRuntime start(RuntimeSettings settings) throws RuntimeStartException {
    LiveConfig config = LiveConfig.load(settings);
    RuntimeLogs logs;
    try {
      logs = RuntimeLogs.open(config.log());
    } catch (IOException e) {
      throw new RuntimeStartException(message(e), e);
    }
    LeafRuntime runtime = new LeafRuntime(settings, config, logs);
    try {
      runtime.goLive(config, null);
      runtime.state = State.RUNNING;
      runtime.log.info("started, listening: {}", runtime.listening());
      return runtime;
    } catch (RuntimeStartException | RuntimeException e) {
      runtime.host.stopAccepting().join();
      runtime.tearDown();
      throw e;
    }
  }

  private static int loops(RuntimeSettings settings) {
    return settings.eventLoops() > 0
        ? settings.eventLoops()
        : Runtime.getRuntime().availableProcessors();
  }

  /** Everything that can be asked of it while it runs. */
  public RuntimeControl control() {
    return control;
  }

  public State state() {
    return state;
  }

  /** Completes when it begins to stop, whoever stops it. */
  public CompletableFuture<Void> stopping() {
    return stopping.copy();
  }

  /** Completes when it has stopped, whoever stopped it. */
  public CompletableFuture<Void> stopped() {
    return stopped.copy();
  }

  /** Where each inbound listens, by tag, in the file's order. */
  public Map<String, InetSocketAddress> listening() {
    Map<String, InetSocketAddress> places = new LinkedHashMap<>();
    for (InboundSpec inbound : live.engine().inbounds()) {
      InetSocketAddress bound = host.listening(inbound);
      if (bound != null) {
        places.put(inbound.tag(), bound);
      }
    }
    return places;
  }

  /**
   * An inbound that listens.
   *
   * @param type its protocol word
   */
  public record Listening(String tag, String type, InetSocketAddress address) {}

  /** As {@link #listening}, with each inbound's type. */
  public List<Listening> listeners() {
    List<Listening> places = new ArrayList<>();
    for (InboundSpec inbound : live.engine().inbounds()) {
      InetSocketAddress bound = host.listening(inbound);
      if (bound != null) {
        places.add(new Listening(inbound.tag(), inbound.type().name(), bound));
      }
    }
    return places;
  }

  /** Whether configuration or preferences ask for the file to be watched. */
  public boolean autoReload() {
    return live.autoReload();
  }

  /** What the configuration in force has that runs, but not as it seems to. */
  public List<Problem> warnings() {
    return live.warnings();
  }

  LogRing ring() {
    return logs.ring();
  }

  Logger logger(String target) {
    return logs.loggers().getLogger(target);
  }

  Reloaded reload() {
    lifecycle.lock();
    try {
      if (state != State.RUNNING) {
        throw new ControlException(
            Kind.UNAVAILABLE, "the runtime is " + state.name().toLowerCase(java.util.Locale.ROOT));
      }
      LiveConfig next = LiveConfig.load(settings);
      EngineHost.Change change;
      try (RuntimeLogs.Change logging = logs.prepare(next.log())) {
        change = goLive(next, logging);
      }
      log.info(
          "reloaded: added={} removed={} changed={} kept_connections={} closed_connections={}",
          change.added(),
          change.removed(),
          change.changed(),
          change.kept(),
          change.closed());
      return new Reloaded(
          change.added(), change.removed(), change.changed(), change.kept(), change.closed());
    } catch (RuntimeStartException | IOException e) {
      throw new ControlException(
          Kind.FAILED,
          "the configuration was not reloaded, the old one goes on:\n" + message(e),
          e);
    } finally {
      lifecycle.unlock();
    }
  }

  /**
   * @param logging the change of logging that belongs to it; null at the start
   */
  private EngineHost.Change goLive(
      LiveConfig next, RuntimeLogs.@org.jspecify.annotations.Nullable Change logging)
      throws RuntimeStartException {
    EngineHost.Prepared engine = host.prepare(next.engine()).join();
    List<String> failures = new ArrayList<>(engine.deviceFailures());
    for (Listeners.Failure failure : engine.failures()) {
      failures.add(describe(failure, next));
    }
    // The first time there is nothing that could go on instead, so traffic need not wait for the
    // API.
    EngineHost.Change started =
        logging == null && failures.isEmpty() ? engine.commit().join() : null;
    RuntimeFace.Prepared face = null;
    try {
      face = settings.face().prepare(control, next.api(), next.allowedOrigins());
    } catch (IOException e) {
      failures.add(message(e));
    }
    if (face == null || !failures.isEmpty()) {
      if (started == null) {
        engine.rollback().join();
      }
      if (face != null) {
        face.rollback();
      }
      throw new RuntimeStartException(String.join("\n", failures));
    }
    if (logging != null) {
      logging.apply();
    }
    live = next;
    EngineHost.Change change = started == null ? engine.commit().join() : started;
    face.commit();
    for (Problem warning : next.warnings()) {
      log.warn("{}", warning);
    }
    return change;
  }

  private static String describe(Listeners.Failure failure, LiveConfig config) {
    InetSocketAddress address = failure.place().address();
    String holder = PortHolder.describe(address, failure.network());
    InboundSpec socks = LiveConfig.socksInbound(config.engine().inbounds());
    boolean overridable = socks != null && socks.tag().equals(failure.place().tag());
    return "inbound '"
        + failure.place().tag()
        + "' cannot listen on "
        + io.netty.util.NetUtil.toSocketAddressString(address)
        + (failure.network() == Network.UDP ? " (udp)" : "")
        + ": "
        + (holder.isEmpty() ? message(failure.cause()) : "the port is taken, " + holder)
        + (overridable ? "; choose another with --socks-port" : "");
  }

  private static String message(Throwable e) {
    String text = e.getMessage();
    return text == null ? e.getClass().getSimpleName() : text;
  }

  List<ConfigProblem> testConfig() {
    return LiveConfig.read(settings, settings.preferences().get()).problems().stream()
        .map(
            p ->
                new ConfigProblem(
                    p.isError() ? "error" : "warning",
                    p.source().file(),
                    p.source().line(),
                    p.source().path(),
                    p.text(),
                    p.message(),
                    p.remedy()))
        .toList();
  }

  /**
   * Stops accepting at once, gives TCP sessions the drain time to finish, then ends all.
   * Idempotent.
   *
   * @return completes when it has stopped
   */
  CompletableFuture<Void> shutdown() {
    Thread.ofVirtual().name("leaf-stop").start(this::close);
    return stopped();
  }

  /** Stops, blocking until done; see {@link RuntimeControl#shutdown}. */
  @Override
  public void close() {
    lifecycle.lock();
    try {
      if (state == State.STOPPED) {
        return;
      }
      state = State.STOPPING;
      stopping.complete(null);
      log.info("stopping");
      host.stopAccepting().join();
      drain();
      tearDown();
    } finally {
      lifecycle.unlock();
    }
  }

  private void drain() {
    Engine engine = host.engine();
    Duration patience =
        engine == null ? Duration.ZERO : engine.options().get(EngineOptions.DRAIN_TIMEOUT);
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (streams() > 0 && System.nanoTime() < deadline) {
        Thread.sleep(POLL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // whoever interrupts wants it over with
    }
  }

  private long streams() {
    long streams = 0;
    for (Session session : host.sessions().active()) {
      if (session.network() == Network.TCP) {
        streams++;
      }
    }
    return streams;
  }

  private void tearDown() {
    host.stop();
    // Without a quiet time a loop that is busy may end before it has closed its sockets.
    loops
        .shutdownGracefully(20, 2000, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(5, TimeUnit.SECONDS);
    settings.face().close();
    selections.close();
    if (state == State.STOPPING) {
      log.info("stopped");
    }
    state = State.STOPPED;
    logs.close();
    stopped.complete(null);
  }
}
