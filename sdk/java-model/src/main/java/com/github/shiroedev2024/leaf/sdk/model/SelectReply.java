package com.github.shiroedev2024.leaf.sdk.model;

import org.jspecify.annotations.NullUnmarked;

/** The member that a group uses. */
@NullUnmarked
public final class SelectReply extends Reply {
  private String selected;

  SelectReply() {}

  /** The member's tag. */
  public String getSelected() {
    return selected;
  }
}
