package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.core.control.ControlServer;
import com.github.shiroedev2024.leaf.core.home.CoreLock;
import com.github.shiroedev2024.leaf.core.home.Home;
import com.github.shiroedev2024.leaf.core.home.Version;
import com.github.shiroedev2024.leaf.core.process.Core;
import com.github.shiroedev2024.leaf.core.process.FileWatch;
import com.github.shiroedev2024.leaf.core.process.Phase;
import com.github.shiroedev2024.leaf.core.process.RunningLeaf;
import com.github.shiroedev2024.leaf.core.process.Signals;
import com.github.shiroedev2024.leaf.core.process.StartException;
import com.github.shiroedev2024.leaf.core.process.StateEvent;
import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Reloaded;
import com.github.shiroedev2024.leaf.runtime.prefs.PreferencesFile;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** This process as the core of one home, until it is told to end. */
final class CoreHost {
  private final Console console;
  private final Runtimes runtimes;
  private final StartOptions options;
  private final Home home;

  CoreHost(Console console, Runtimes runtimes, StartOptions options) {
    this.console = console;
    this.runtimes = runtimes;
    this.options = options;
    this.home = options.home();
  }

  /**
   * Holds the core until it ends.
   *
   * @param foreground starts the runtime too and tells a person what happens
   */
  void host(boolean foreground) {
    try {
      home.create();
    } catch (IOException e) {
      throw new CommandException("cannot make the home: " + Connections.reason(e));
    }
    try (CoreLock _ = CoreLock.take(home.lock())) {
      hostLocked(foreground);
    } catch (CoreLock.Held e) {
      throw new CommandException(
          e.getMessage() + " (home " + home.state() + "); another core needs another --home");
    } catch (IOException e) {
      throw new CommandException(Connections.reason(e));
    }
  }

  private void hostLocked(boolean foreground) throws IOException {
    PreferencesFile preferences = new PreferencesFile(home.preferences(), console::complain);
    Core core = new Core(preferences, runtimes.starter(options), Clock.systemUTC());
    RunningLeaf running = foreground ? start(core) : null;
    Vertx vertx = Vertx.vertx(vertxOptions());
    try (ControlServer control =
        ControlServer.open(
            vertx,
            core,
            home,
            console.environment(),
            Version.current(),
            LoggerFactory.getLogger("leaf.control"))) {
      handleSignals(core);
      try (Watching watching = new Watching(core)) {
        core.subscribe(watching::follow);
        if (running != null) {
          console.say(Banner.text(options, running, core.starter().configuration()));
          core.subscribe(event -> tellStops(core, event));
        } else {
          console.say("core of " + home.state() + " listens on " + control.path());
          core.subscribe(this::tellAll);
        }
        core.ended().join();
      }
    } catch (IOException | RuntimeException e) {
      core.shutdown();
      throw e;
    } finally {
      vertx.close().await();
    }
  }

  private static RunningLeaf start(Core core) {
    try {
      return core.startLeaf();
    } catch (StartException e) {
      throw new CommandException(String.valueOf(e.getMessage()));
    }
  }

  /** One event loop, the JDK's own sockets, nothing cached: it answers a few calls an hour. */
  private static VertxOptions vertxOptions() {
    VertxOptions options =
        new VertxOptions()
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(1)
            .setPreferNativeTransport(false)
            .setUseDaemonThread(true)
            .setDisableTCCL(true);
    options.getFileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
    return options;
  }

  private void handleSignals(Core core) {
    AtomicInteger asked = new AtomicInteger();
    Runnable end =
        () -> {
          if (asked.incrementAndGet() > 1) {
            Runtime.getRuntime().halt(130); // asked twice: not to be kept waiting by a drain
          }
          Thread.ofPlatform().name("leaf-end").start(core::shutdown);
        };
    Signals.handle("INT", end);
    Signals.handle("TERM", end);
    Signals.handle("HUP", () -> Thread.ofPlatform().name("leaf-reload").start(() -> reload(core)));
  }

  /** Watches the file while a runtime runs that wants it. */
  private final class Watching implements AutoCloseable {
    private final Core core;
    private @Nullable FileWatch watch;

    Watching(Core core) {
      this.core = core;
    }

    synchronized void follow(StateEvent event) {
      if (event.subject() != StateEvent.Subject.LEAF) {
        return;
      }
      close();
      Path file = options.configuration();
      RunningLeaf running = core.leaf().running();
      if (event.phase() == Phase.STARTED
          && file != null
          && running != null
          && (options.autoReload() || running.autoReload())) {
        watch = FileWatch.start(file, () -> reload(core));
      }
    }

    @Override
    public synchronized void close() {
      if (watch != null) {
        watch.close();
        watch = null;
      }
    }
  }

  private void reload(Core core) {
    try {
      Reloaded done = core.reloadLeaf();
      console.say(Banner.reloaded(done));
    } catch (ControlException e) {
      console.complain("reload failed, the old configuration goes on: " + e.getMessage());
    }
  }

  private void tellStops(Core core, StateEvent event) {
    if (event.subject() == StateEvent.Subject.LEAF
        && event.phase() == Phase.STOPPED
        && core.phase() == Phase.STARTED) {
      console.say(
          "The runtime has stopped; 'leaf start"
              + home.flag()
              + "' starts it again, Ctrl-C ends the core.");
    }
    if (event.subject() == StateEvent.Subject.LEAF && event.phase() == Phase.ERROR) {
      console.complain("The runtime did not start: " + event.error());
    }
    if (event.subject() == StateEvent.Subject.CORE && event.phase() == Phase.STOPPING) {
      console.say("Ending: connections have a few seconds to finish …");
    }
  }

  private void tellAll(StateEvent event) {
    String text = event.at() + " " + event.subject() + " " + event.phase().word();
    console.say(event.error() == null ? text : text + ": " + event.error());
  }
}
