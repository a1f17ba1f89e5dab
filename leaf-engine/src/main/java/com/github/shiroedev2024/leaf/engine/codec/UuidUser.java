package com.github.shiroedev2024.leaf.engine.codec;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.User;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who may use an inbound that tells users by their UUID.
 *
 * @param uuid a secret, never shown unless the user has no other name
 * @param shownId what their traffic counts under, or null
 */
public record UuidUser(UUID uuid, @Nullable String shownId) {
  /** The settings that {@link #read} understands. */
  public static final List<Key> KEYS =
      List.of(
          new Key("uuid", "none", "the one user's UUID, whose traffic counts under it"),
          new Key("users", "none", "list of users, each with a uuid and maybe id and username"));

  /** The users of an inbound: {@code uuid} and each of {@code users}; nobody is an error. */
  public static List<UuidUser> read(Settings settings) {
    List<UuidUser> users = new ArrayList<>();
    Set<UUID> seen = new HashSet<>();
    List<Settings> listed = settings.objects("users");
    if (settings.has("uuid")) {
      add(users, seen, settings, settings.string("uuid"));
    } else if (listed.isEmpty()) {
      settings.error(
          settings.has("users") ? "users" : "uuid",
          "nobody could use it: there is no user",
          "add uuid or users");
    }
    for (Settings each : listed) {
      add(users, seen, each, User.shownId(each));
    }
    return List.copyOf(users);
  }

  private static void add(
      List<UuidUser> users, Set<UUID> seen, Settings settings, @Nullable String shownId) {
    UUID uuid = Uuids.required(settings, "uuid");
    if (uuid == null) {
      return;
    }
    if (seen.add(uuid)) {
      users.add(new UuidUser(uuid, shownId));
    } else {
      settings.error(
          "uuid", "another user has the same UUID", "give each user a UUID of their own");
    }
  }

  /** What the users' traffic counts under. */
  public static List<String> shownIds(List<UuidUser> users) {
    return users.stream().map(UuidUser::shownId).filter(Objects::nonNull).distinct().toList();
  }

  /** Without the UUID. */
  @Override
  public String toString() {
    return "user " + shownId;
  }
}
