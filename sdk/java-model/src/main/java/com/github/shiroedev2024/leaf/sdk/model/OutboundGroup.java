package com.github.shiroedev2024.leaf.sdk.model;

import org.jspecify.annotations.NullUnmarked;

/** A configured group. */
@NullUnmarked
public final class OutboundGroup extends Reply {
  private String tag;

  private String type;

  OutboundGroup() {}

  /** Its tag. */
  public String getTag() {
    return tag;
  }

  /** Its type, such as {@code select} or {@code failover}. */
  public String getType() {
    return type;
  }
}
