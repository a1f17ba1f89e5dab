package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.annotations.SerializedName;
import org.jspecify.annotations.NullUnmarked;

/** One TCP probe through the outbound selected now. */
@NullUnmarked
public final class CheckConnectivityReply extends Reply {
  @SerializedName("tcp_ms")
  private Double tcpMs;

  CheckConnectivityReply() {}

  /** How long the probe took, in milliseconds. */
  public Double getTcpMs() {
    return tcpMs;
  }
}
