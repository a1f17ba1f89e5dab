package com.github.shiroedev2024.leaf.engine.net;

/** The two kinds of traffic a rule, inbound or outbound can carry. */
public enum Network {
  TCP("tcp"),
  UDP("udp");

  private final String word;

  Network(String word) {
    this.word = word;
  }

  /** The word used in configuration files, logs and the API: {@code tcp} or {@code udp}. */
  public String word() {
    return word;
  }
}
