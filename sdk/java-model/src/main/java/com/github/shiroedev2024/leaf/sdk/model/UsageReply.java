package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.annotations.SerializedName;
import org.jspecify.annotations.NullUnmarked;

/**
 * Totals of an outbound, group, inbound or user since the runtime started, finished connections
 * included.
 */
@NullUnmarked
public final class UsageReply extends Reply {
  @SerializedName("bytes_sent")
  private Long bytesSent;

  @SerializedName("bytes_recvd")
  private Long bytesRecvd;

  UsageReply() {}

  /** Payload bytes from the local client towards the peer. */
  public Long getBytesSent() {
    return bytesSent;
  }

  /** Payload bytes from the peer towards the local client. */
  public Long getBytesRecvd() {
    return bytesRecvd;
  }
}
