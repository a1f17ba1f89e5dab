package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.annotations.SerializedName;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** A probe of an outbound or group, TCP and UDP side by side. */
@NullUnmarked
public final class OutboundHealthReply extends Reply {
  private String tag;

  @SerializedName("tcp_ms")
  private @Nullable Double tcpMs;

  @SerializedName("udp_ms")
  private @Nullable Double udpMs;

  OutboundHealthReply() {}

  /** What was probed. */
  public String getTag() {
    return tag;
  }

  /** How long the TCP probe took, in milliseconds; null when it failed. */
  public @Nullable Double getTcpMs() {
    return tcpMs;
  }

  /**
   * How long the UDP probe took, in milliseconds; null when it failed or the protocol has no UDP.
   */
  public @Nullable Double getUdpMs() {
    return udpMs;
  }
}
