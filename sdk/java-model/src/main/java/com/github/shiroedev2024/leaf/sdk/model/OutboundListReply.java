package com.github.shiroedev2024.leaf.sdk.model;

import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/** Every configured group. */
@NullUnmarked
public final class OutboundListReply extends Reply {
  private List<OutboundGroup> outbounds;

  OutboundListReply() {}

  /** The groups in the configuration's order. */
  public List<OutboundGroup> getOutbounds() {
    return outbounds;
  }
}
