package com.github.shiroedev2024.leaf.engine.protocol.vless;

import com.github.shiroedev2024.leaf.engine.codec.Uuids;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.User;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The settings of the inbound {@code vless}.
 *
 * @param users who may use it; not empty, their UUIDs all different
 */
record VlessInboundOptions(List<VlessUser> users) implements PartOptions {
  static final List<Key> KEYS =
      List.of(
          new Key("uuid", "none", "the one user's UUID"),
          new Key("users", "none", "list of users, each with a uuid and maybe id and username"));

  VlessInboundOptions {
    users = List.copyOf(users);
  }

  static VlessInboundOptions read(Settings settings) {
    List<VlessUser> users = new ArrayList<>();
    Set<UUID> seen = new HashSet<>();
    if (settings.has("uuid")) {
      add(users, seen, settings, settings.string("uuid", ""));
    }
    List<Settings> entries = settings.objects("users");
    for (Settings each : entries) {
      String id = User.shownId(each);
      add(users, seen, each, id == null ? "" : id);
    }
    if (!settings.has("uuid") && entries.isEmpty()) {
      settings.error("users", "nobody could use it: there is no user", "add uuid or users");
    }
    return new VlessInboundOptions(users);
  }

  private static void add(
      List<VlessUser> users, Set<UUID> seen, Settings settings, String shownId) {
    UUID uuid = Uuids.required(settings, "uuid");
    if (uuid == null) {
      return; // told
    }
    if (seen.add(uuid)) {
      users.add(new VlessUser(uuid, shownId));
    } else {
      settings.error("uuid", "two users have the same UUID", "give each user one of their own");
    }
  }

  /** What the users' traffic counts under. */
  List<String> userIds() {
    return users.stream().map(VlessUser::shownId).distinct().toList();
  }
}
