package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.annotations.SerializedName;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** How long the steps of a connection took; null where a step was not reached. */
@NullUnmarked
public final class StatTimings extends Reply {
  @SerializedName("dns_ms")
  private @Nullable Double dnsMs;

  @SerializedName("connect_ms")
  private @Nullable Double connectMs;

  @SerializedName("handshake_ms")
  private @Nullable Double handshakeMs;

  @SerializedName("first_byte_ms")
  private @Nullable Double firstByteMs;

  StatTimings() {}

  /** Looking up its name, in milliseconds; null when not done. */
  public @Nullable Double getDnsMs() {
    return dnsMs;
  }

  /** Opening the socket, in milliseconds; null when not done. */
  public @Nullable Double getConnectMs() {
    return connectMs;
  }

  /** The protocol's handshakes, in milliseconds; null when not done. */
  public @Nullable Double getHandshakeMs() {
    return handshakeMs;
  }

  /** From the start to the peer's first byte, in milliseconds; null when none came. */
  public @Nullable Double getFirstByteMs() {
    return firstByteMs;
  }
}
