package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.annotations.SerializedName;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/** What a reload changed; all lists hold tags of outbounds, groups and inbounds. */
@NullUnmarked
public final class ReloadReply extends Reply {
  private List<String> added;

  private List<String> removed;

  private List<String> changed;

  @SerializedName("kept_connections")
  private Integer keptConnections;

  @SerializedName("closed_connections")
  private Integer closedConnections;

  ReloadReply() {}

  /** Tags that are new. */
  public List<String> getAdded() {
    return added;
  }

  /** Tags that are gone. */
  public List<String> getRemoved() {
    return removed;
  }

  /** Tags whose settings, or those of a layer below, are others now. */
  public List<String> getChanged() {
    return changed;
  }

  /** How many connections stayed open. */
  public Integer getKeptConnections() {
    return keptConnections;
  }

  /** How many connections ended because their outbound is gone or changed. */
  public Integer getClosedConnections() {
    return closedConnections;
  }
}
