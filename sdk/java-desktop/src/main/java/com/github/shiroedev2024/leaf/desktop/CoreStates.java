package com.github.shiroedev2024.leaf.desktop;

import com.github.shiroedev2024.leaf.desktop.delegate.CoreListener;
import com.github.shiroedev2024.leaf.desktop.delegate.LeafListener;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The states known last and who is told of them. A listener first hears the present state, then
 * each change, in order; a state that is reported again is not told again.
 */
final class CoreStates {
  /** A state's word as the control socket says it, and its error. */
  private static final class State {
    final String word;
    final @Nullable String error;

    State(String word, @Nullable String error) {
      this.word = word;
      this.error = error;
    }

    boolean same(@Nullable State other) {
      return other != null && word.equals(other.word) && Objects.equals(error, other.error);
    }
  }

  private final Executor delivery;

  // guarded by this, which also keeps events in order
  private final List<CoreListener> coreListeners = new ArrayList<>();
  private final List<LeafListener> leafListeners = new ArrayList<>();
  private @Nullable State core;
  private @Nullable State leaf;

  CoreStates(Executor delivery) {
    this.delivery = delivery;
  }

  synchronized void add(CoreListener listener) {
    if (coreListeners.contains(listener)) {
      return;
    }
    coreListeners.add(listener);
    State now = core;
    if (now != null) {
      delivery.execute(() -> tell(listener, now));
    }
  }

  synchronized void remove(CoreListener listener) {
    coreListeners.remove(listener);
  }

  synchronized void add(LeafListener listener) {
    if (leafListeners.contains(listener)) {
      return;
    }
    leafListeners.add(listener);
    State now = leaf;
    if (now != null) {
      delivery.execute(() -> tell(listener, now));
    }
  }

  synchronized void remove(LeafListener listener) {
    leafListeners.remove(listener);
  }

  /** Takes one line of the event stream; lines that are no data say nothing. */
  void line(String line) {
    if (!line.startsWith("data:")) {
      return;
    }
    JsonObject event;
    try {
      event = JsonParser.parseString(line.substring("data:".length())).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      return; // an event of a later version
    }
    String subject = text(event, "subject");
    String state = text(event, "state");
    if (state == null) {
      return;
    }
    if ("core".equals(subject)) {
      core(state, text(event, "error"));
    } else if ("leaf".equals(subject)) {
      leaf(state, text(event, "error"));
    }
  }

  private static @Nullable String text(JsonObject event, String name) {
    JsonElement value = event.get(name);
    return value == null || !value.isJsonPrimitive() ? null : value.getAsString();
  }

  /** No core can be reached; while one is being started that says nothing. */
  synchronized void gone() {
    State now = core;
    if (now == null || !now.word.equals("starting")) {
      core("stopped", null);
      leaf("stopped", null);
    }
  }

  synchronized void core(String word, @Nullable String error) {
    State next = new State(word, error);
    if (!next.same(core)) {
      core = next;
      coreListeners.forEach(listener -> delivery.execute(() -> tell(listener, next)));
    }
  }

  synchronized void leaf(String word, @Nullable String error) {
    State next = new State(word, error);
    if (!next.same(leaf)) {
      leaf = next;
      leafListeners.forEach(listener -> delivery.execute(() -> tell(listener, next)));
    }
  }

  synchronized void eachLeaf(Consumer<LeafListener> event) {
    leafListeners.forEach(listener -> delivery.execute(() -> event.accept(listener)));
  }

  private static void tell(CoreListener listener, State state) {
    switch (state.word) {
      case "starting":
        listener.onCoreStarting();
        break;
      case "started":
        listener.onCoreStarted();
        break;
      case "stopping":
        listener.onCoreStopping();
        break;
      case "stopped":
        listener.onCoreStopped();
        break;
      case "error":
        listener.onCoreError(state.error);
        break;
      default: // a state of a later version
    }
  }

  private static void tell(LeafListener listener, State state) {
    switch (state.word) {
      case "starting":
        listener.onLeafStarting();
        break;
      case "started":
        listener.onLeafStarted();
        break;
      case "stopping":
        listener.onLeafStopping();
        break;
      case "stopped":
        listener.onLeafStopped();
        break;
      case "error":
        listener.onLeafError(state.error);
        break;
      default: // a state of a later version
    }
  }
}
