package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.annotations.SerializedName;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** A member of a group. */
@NullUnmarked
public final class OutboundInfo extends Reply {
  private String name;

  @SerializedName("is_selected")
  private boolean selected;

  @SerializedName("ping_ms")
  private @Nullable Double pingMs;

  OutboundInfo() {}

  /** Its tag. */
  public String getName() {
    return name;
  }

  /** Whether the group uses it now. */
  public boolean isSelected() {
    return selected;
  }

  /** The latency measured last, in milliseconds; null when none was measured. */
  public @Nullable Double getPingMs() {
    return pingMs;
  }

  /**
   * Marks this object, for an app that repaints its own list; nothing is sent to the runtime.
   *
   * @param selected what {@link #isSelected} answers from now on
   */
  public void setSelected(boolean selected) {
    this.selected = selected;
  }
}
