package com.github.shiroedev2024.leaf.it.interop;

/** Which end Leaf is. */
enum Direction {
  /** Leaf's client to the peer's server. */
  CLIENT("leaf → "),
  /** The peer's client to Leaf's server. */
  SERVER("→ leaf");

  private final String arrow;

  Direction(String arrow) {
    this.arrow = arrow;
  }

  String between(String peer) {
    return this == CLIENT ? arrow + peer : peer + " " + arrow;
  }
}
