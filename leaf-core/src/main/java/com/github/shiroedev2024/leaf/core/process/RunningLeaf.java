package com.github.shiroedev2024.leaf.core.process;

import com.github.shiroedev2024.leaf.runtime.control.RuntimeControl;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A runtime that has been started, and the API in front of it. */
public interface RunningLeaf {
  /**
   * Something that listens.
   *
   * @param name the inbound's tag, or {@code api}
   * @param what the protocol word, such as {@code mixed}
   * @param address {@code ip:port}
   */
  record Listener(String name, String what, String address) {}

  RuntimeControl control();

  /** What listens now, the API last; a reload may change it. */
  List<Listener> listeners();

  /** The port of the API in force. */
  int apiPort();

  /** Whether configuration or preferences ask for the file to be watched. */
  boolean autoReload();

  /** Completed once when it begins to stop, whoever asked for it. */
  CompletableFuture<Void> stopping();

  /** Completed once when the runtime and the API have ended. */
  CompletableFuture<Void> stopped();

  /** Drains and ends; the same as {@code control().shutdown()}, harmless when done twice. */
  void stop();
}
