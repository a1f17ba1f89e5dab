package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.annotations.SerializedName;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** A member of a failover group. */
@NullUnmarked
public final class FailoverActor extends Reply {
  private String name;

  @SerializedName("ping_ms")
  private @Nullable Double pingMs;

  @SerializedName("is_selected")
  private boolean selected;

  FailoverActor() {}

  /** Its tag. */
  public String getName() {
    return name;
  }

  /**
   * The latency measured last, in milliseconds; null when the last check failed or none was made.
   */
  public @Nullable Double getPingMs() {
    return pingMs;
  }

  /** Whether the group uses it now. */
  public boolean isSelected() {
    return selected;
  }
}
