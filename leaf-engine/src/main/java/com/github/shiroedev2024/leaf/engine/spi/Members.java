package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The outbounds that a group or chain names under {@code actors}. */
public final class Members {
  /** The setting itself, for the lists of keys. */
  public static final Key KEY =
      new Key("actors", "required", "tags of the members in order, at least one");

  /** Groups may have hundreds of members; a log line must not. */
  private static final int MAX_REASONS = 8;

  private Members() {}

  /** Reads the tags as written, a tag named twice included; none at all is an error. */
  public static List<String> read(Settings settings) {
    List<String> tags = settings.strings(KEY.name());
    if (tags.isEmpty()) {
      settings.error(
          KEY.name(), "no members", "name at least one outbound (in JSON as \"actors\": [\"…\"])");
    }
    return List.copyOf(tags);
  }

  /** As {@link #read}, for groups in which a second mention means nothing: it is a warning. */
  public static List<String> readOnce(Settings settings) {
    Set<String> seen = new LinkedHashSet<>();
    for (String tag : read(settings)) {
      if (!seen.add(tag)) {
        settings.warning(
            KEY.name(), "member '" + tag + "' is named twice", "name each member once");
      }
    }
    return List.copyOf(seen);
  }

  /** The built outbounds of these tags. */
  public static List<Outbound> of(List<String> tags, OutboundContext context) {
    List<Outbound> members = new ArrayList<>(tags.size());
    for (String tag : tags) {
      members.add(context.outbound(tag));
    }
    return List.copyOf(members);
  }

  /**
   * The failure of a group none of whose members could carry the session.
   *
   * @param reasons what each said, in the order they failed; only the first few are told
   */
  public static SessionException allFailed(Group group, List<String> reasons) {
    int told = Math.min(reasons.size(), MAX_REASONS);
    String more = told == reasons.size() ? "" : "; and " + (reasons.size() - told) + " more";
    return new SessionException(
        CloseReason.ALL_MEMBERS_FAILED,
        "group '"
            + group.tag()
            + "': all members failed: "
            + String.join("; ", reasons.subList(0, told))
            + more);
  }
}
