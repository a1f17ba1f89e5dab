package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.annotations.SerializedName;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** When an outbound's peer was last active. */
@NullUnmarked
public final class OutboundLastPeerActiveReply extends Reply {
  private String tag;

  @SerializedName("last_peer_active")
  private @Nullable Long lastPeerActive;

  OutboundLastPeerActiveReply() {}

  /** The outbound. */
  public String getTag() {
    return tag;
  }

  /** When the peer last sent or took bytes, in Unix seconds; null when it never did. */
  public @Nullable Long getLastPeerActive() {
    return lastPeerActive;
  }
}
