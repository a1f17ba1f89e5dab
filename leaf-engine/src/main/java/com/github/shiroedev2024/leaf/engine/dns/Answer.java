package com.github.shiroedev2024.leaf.engine.dns;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** What came of asking one server. */
sealed interface Answer {
  /** At least one address, good for so long. */
  record Found(List<InetAddress> addresses, Duration life) implements Answer {}

  /**
   * The server knows that there is no such address.
   *
   * @param exists whether the name has records of other types
   * @param life how long this may be remembered
   */
  record Missing(boolean exists, Duration life) implements Answer {}

  /** The server gave no usable answer. */
  record Failed(String why, boolean timeout) implements Answer {}

  /** The answer did not fit into a datagram: ask over TCP. */
  record Truncated() implements Answer {}

  /** The server did not understand the question, perhaps because of EDNS. */
  record NotUnderstood(String why) implements Answer {}
}
