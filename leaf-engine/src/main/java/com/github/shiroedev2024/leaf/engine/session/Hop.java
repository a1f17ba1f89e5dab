package com.github.shiroedev2024.leaf.engine.session;

/** One outbound or group that a session's bytes pass through. */
public interface Hop {
  String tag();

  /** True for a group, which chooses, and false for a node or chain, which carries. */
  boolean isGroup();
}
