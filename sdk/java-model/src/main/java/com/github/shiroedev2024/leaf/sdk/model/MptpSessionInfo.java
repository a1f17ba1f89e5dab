package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.annotations.SerializedName;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/** A session of an mptp group. */
@NullUnmarked
public final class MptpSessionInfo extends Reply {
  private String id;

  private boolean established;

  @SerializedName("send_space")
  private Long sendSpace;

  @SerializedName("sent_unacked")
  private Long sentUnacked;

  private List<MptpLinkInfo> links;

  MptpSessionInfo() {}

  /** Its identity. */
  public String getId() {
    return id;
  }

  /** Whether its handshake is done. */
  public boolean isEstablished() {
    return established;
  }

  /** Bytes that may still be sent before the peer must acknowledge. */
  public Long getSendSpace() {
    return sendSpace;
  }

  /** Bytes sent and not yet acknowledged. */
  public Long getSentUnacked() {
    return sentUnacked;
  }

  /** The links it runs over. */
  public List<MptpLinkInfo> getLinks() {
    return links;
  }
}
