package com.github.shiroedev2024.leaf.core.process;

import com.github.shiroedev2024.leaf.core.process.StateEvent.Subject;
import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Reloaded;
import com.github.shiroedev2024.leaf.runtime.prefs.LeafPreferences;
import com.github.shiroedev2024.leaf.runtime.prefs.PreferencesFile;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The long-lived part of the program. It owns the preferences and starts, reloads and stops the
 * runtime, which it outlives: when the runtime ends, by whoever's wish, the core waits for the next
 * start, until {@link #shutdown}.
 *
 * <p>Calls may come from any thread and block until done; those that change the runtime's state
 * take turns. Listeners are called in the order of events and must not block.
 */
public final class Core {
  /** What the runtime is doing, seen from the core. */
  public record LeafStatus(
      Phase phase, @Nullable String error, Instant since, @Nullable RunningLeaf running) {}

  private final PreferencesFile preferences;
  private final LeafStarter starter;
  private final Clock clock;
  private final Instant startedAt;
  private final List<Consumer<StateEvent>> listeners = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** One change of the runtime's state at a time; held while the runtime starts or stops. */
  private final ReentrantLock turn = new ReentrantLock();

  /** Guards {@link #leaf} and {@link #phase} together with telling the listeners. */
  private final Object states = new Object();

  private volatile LeafStatus leaf;
  private volatile Phase phase = Phase.STARTED;

  public Core(PreferencesFile preferences, LeafStarter starter, Clock clock) {
    this.preferences = preferences;
    this.starter = starter;
    this.clock = clock;
    this.startedAt = clock.instant();
    this.leaf = new LeafStatus(Phase.STOPPED, null, startedAt, null);
  }

  public Phase phase() {
    return phase;
  }

  public Instant startedAt() {
    return startedAt;
  }

  public LeafStatus leaf() {
    return leaf;
  }

  /** Checks and names the configuration. */
  public LeafStarter starter() {
    return starter;
  }

  /** Completed when the core is to end; the runtime has ended by then. */
  public CompletableFuture<Void> ended() {
    return ended;
  }

  /**
   * Starts the runtime; one that runs already is left alone.
   *
   * @return what runs now
   */
  public RunningLeaf startLeaf() throws StartException {
    turn.lock();
    try {
      if (phase != Phase.STARTED) {
        throw new StartException("the core is stopping");
      }
      RunningLeaf before = leaf.running();
      if (before != null && leaf.phase() == Phase.STOPPING) {
        before.stopped().join(); // it drains for a bounded time
        before = null;
      }
      if (before != null && !before.stopped().isDone()) {
        return before;
      }
      become(Phase.STARTING, null, null);
      try {
        RunningLeaf running = starter.start(this::saved);
        become(Phase.STARTED, null, running);
        running.stopping().thenRun(() -> whileRunning(running, Phase.STOPPING));
        running.stopped().whenComplete((done, failure) -> whileRunning(running, Phase.STOPPED));
        return running;
      } catch (StartException e) {
        become(Phase.ERROR, e.getMessage(), null);
        throw e;
      } catch (UncheckedIOException e) {
        become(Phase.ERROR, e.getMessage(), null);
        throw new StartException(String.valueOf(e.getMessage()), e);
      } catch (RuntimeException e) {
        become(Phase.ERROR, e.toString(), null);
        throw e;
      }
    } finally {
      turn.unlock();
    }
  }

  private LeafPreferences saved() {
    try {
      return preferences.load();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot read " + preferences.path() + ": " + e.getMessage(), e);
    }
  }

  /** Makes the configuration file live; the old one goes on when that fails. */
  public Reloaded reloadLeaf() {
    turn.lock();
    try {
      return running().control().reload();
    } finally {
      turn.unlock();
    }
  }

  /**
   * Stops the runtime and waits until it has drained and ended.
   *
   * @return false when none ran
   */
  public boolean stopLeaf() {
    turn.lock();
    try {
      RunningLeaf running = leaf.running();
      if (running == null) {
        return false;
      }
      running.stop();
      running.stopped().handle((done, failure) -> null).join();
      return true;
    } finally {
      turn.unlock();
    }
  }

  /** What runs; fails with UNAVAILABLE when nothing does. */
  public RunningLeaf running() {
    RunningLeaf running = leaf.running();
    if (running == null) {
      throw new ControlException(
          ControlException.Kind.UNAVAILABLE, "Leaf is not running; start it with 'leaf start'");
    }
    return running;
  }

  /** Stops the runtime and then the core; harmless when done twice. */
  public void shutdown() {
    synchronized (states) {
      if (phase != Phase.STARTED) {
        return;
      }
      phase = Phase.STOPPING;
      tell(Subject.CORE, Phase.STOPPING, null);
    }
    stopLeaf();
    synchronized (states) {
      phase = Phase.STOPPED;
      tell(Subject.CORE, Phase.STOPPED, null);
    }
    ended.complete(null);
  }

  /** The preferences as a client is to see them: with the port of the API that runs. */
  public LeafPreferences preferences() {
    return inForce(saved());
  }

  /**
   * Changes some preferences; they take effect with the next start or reload.
   *
   * @throws IllegalArgumentException names the field that cannot be used
   */
  public LeafPreferences updatePreferences(JsonObject changes) {
    try {
      return inForce(preferences.update(changes));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + preferences.path(), e);
    }
  }

  private LeafPreferences inForce(LeafPreferences saved) {
    RunningLeaf running = leaf.running();
    return running == null ? saved : saved.withApiPort(running.apiPort());
  }

  /**
   * Calls a listener for the present state of both and then for every change.
   *
   * @return ends it
   */
  public Runnable subscribe(Consumer<StateEvent> listener) {
    synchronized (states) {
      Instant now = clock.instant();
      listener.accept(new StateEvent(Subject.CORE, phase, null, now));
      listener.accept(new StateEvent(Subject.LEAF, leaf.phase(), leaf.error(), now));
      listeners.add(listener);
    }
    return () -> listeners.remove(listener);
  }

  private void whileRunning(RunningLeaf which, Phase next) {
    synchronized (states) {
      if (which.equals(leaf.running())) {
        become(next, null, next == Phase.STOPPED ? null : which);
      }
    }
  }

  private void become(Phase next, @Nullable String error, @Nullable RunningLeaf running) {
    synchronized (states) {
      leaf = new LeafStatus(next, error, clock.instant(), running);
      tell(Subject.LEAF, next, error);
    }
  }

  private void tell(Subject subject, Phase next, @Nullable String error) {
    StateEvent event = new StateEvent(subject, next, error, clock.instant());
    listeners.forEach(listener -> listener.accept(event));
  }
}
