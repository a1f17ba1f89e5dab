package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.annotations.SerializedName;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** A link of an mptp session. */
@NullUnmarked
public final class MptpLinkInfo extends Reply {
  private String tag;

  private String direction;

  @SerializedName("total_sent")
  private Long totalSent;

  @SerializedName("total_recved")
  private Long totalRecved;

  @SerializedName("roundtrip_ms")
  private @Nullable Double roundtripMs;

  @SerializedName("is_working")
  private boolean working;

  MptpLinkInfo() {}

  /** The member that carries it. */
  public String getTag() {
    return tag;
  }

  /** Which way it carries bytes. */
  public String getDirection() {
    return direction;
  }

  /** Bytes sent over it. */
  public Long getTotalSent() {
    return totalSent;
  }

  /** Bytes received over it. */
  public Long getTotalRecved() {
    return totalRecved;
  }

  /** Its round-trip time, in milliseconds; null when none was measured. */
  public @Nullable Double getRoundtripMs() {
    return roundtripMs;
  }

  /** Whether it carries bytes now. */
  public boolean isWorking() {
    return working;
  }
}
