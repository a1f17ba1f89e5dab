package com.github.shiroedev2024.leaf.sdk.model;

import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/** The state of an mptp group, which spreads a session over several links. */
@NullUnmarked
public final class MptpStatusReply extends Reply {
  private String tag;

  private List<String> actors;

  private List<MptpSessionInfo> sessions;

  MptpStatusReply() {}

  /** The group. */
  public String getTag() {
    return tag;
  }

  /** The tags of its members. */
  public List<String> getActors() {
    return actors;
  }

  /** Its sessions. */
  public List<MptpSessionInfo> getSessions() {
    return sessions;
  }
}
