package com.github.shiroedev2024.leaf.sdk.model;

import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/** The members of a group. */
@NullUnmarked
public final class SelectListReply extends Reply {
  private List<OutboundInfo> outbounds;

  SelectListReply() {}

  /** The members in the configuration's order. */
  public List<OutboundInfo> getOutbounds() {
    return outbounds;
  }
}
