package com.github.shiroedev2024.leaf.sdk.model;

import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/** The state of a speedtest group. */
@NullUnmarked
public final class SpeedTestStatusReply extends Reply {
  private List<SpeedTestActor> actors;

  SpeedTestStatusReply() {}

  /** Its members. */
  public List<SpeedTestActor> getActors() {
    return actors;
  }
}
