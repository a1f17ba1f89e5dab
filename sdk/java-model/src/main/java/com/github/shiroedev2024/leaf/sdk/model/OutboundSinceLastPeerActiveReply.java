package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.annotations.SerializedName;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** How long ago an outbound's peer was last active. */
@NullUnmarked
public final class OutboundSinceLastPeerActiveReply extends Reply {
  private String tag;

  @SerializedName("since_last_peer_active")
  private @Nullable Long sinceLastPeerActive;

  OutboundSinceLastPeerActiveReply() {}

  /** The outbound. */
  public String getTag() {
    return tag;
  }

  /** Seconds since the peer last sent or took bytes; null when it never did. */
  public @Nullable Long getSinceLastPeerActive() {
    return sinceLastPeerActive;
  }
}
