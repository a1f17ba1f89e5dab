package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.annotations.SerializedName;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** A member of a speedtest group. */
@NullUnmarked
public final class SpeedTestActor extends Reply {
  private String name;

  @SerializedName("bandwidth_bps")
  private @Nullable Double bandwidthBps;

  @SerializedName("is_selected")
  private boolean selected;

  SpeedTestActor() {}

  /** Its tag. */
  public String getName() {
    return name;
  }

  /** The bandwidth measured last, in bits per second; null when none was measured. */
  public @Nullable Double getBandwidthBps() {
    return bandwidthBps;
  }

  /** Whether the group uses it now. */
  public boolean isSelected() {
    return selected;
  }
}
