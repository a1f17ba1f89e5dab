package com.github.shiroedev2024.leaf.sdk.model;

import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/** The state of a failover group. */
@NullUnmarked
public final class FailoverStatusReply extends Reply {
  private List<FailoverActor> actors;

  FailoverStatusReply() {}

  /** Its members, best first. */
  public List<FailoverActor> getActors() {
    return actors;
  }
}
