package com.github.shiroedev2024.leaf.engine.telemetry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All totals of one runtime, by outbound tag, inbound tag and user id. It lives as long as the
 * runtime: a reload builds a new engine on the same ledger, so totals never shrink.
 */
public final class Ledger {
  /** More users than this are not told apart; their bytes still count for tags. */
  private static final int MAX_USERS = 65_536;

  private final Map<String, TagTotals> outbounds = new ConcurrentHashMap<>();
  private final Map<String, TagTotals> inbounds = new ConcurrentHashMap<>();
  private final Map<String, TagTotals> users = new ConcurrentHashMap<>();

  /** The totals of an outbound or group, made on first use. */
  public TagTotals outbound(String tag) {
    return outbounds.computeIfAbsent(tag, t -> new TagTotals());
  }

  /** The totals of an inbound, made on first use. */
  public TagTotals inbound(String tag) {
    return inbounds.computeIfAbsent(tag, t -> new TagTotals());
  }

  /** The totals of a user, made on first use; null when there are too many users to tell apart. */
  public @Nullable TagTotals user(String id) {
    TagTotals known = users.get(id);
    if (known != null || users.size() >= MAX_USERS) {
      return known;
    }
    return users.computeIfAbsent(id, u -> new TagTotals());
  }

  /** The totals of a user that was configured or seen, else null. */
  public @Nullable TagTotals knownUser(String id) {
    return users.get(id);
  }
}
