package com.github.shiroedev2024.leaf.engine.spi;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who may use an inbound, and the name their traffic counts under.
 *
 * @param id the name shown in statistics, if configured
 * @param username what the client logs in with
 * @param password never shown
 * @param uuid another name to show, used when there is no id
 */
public record User(@Nullable String id, String username, String password, @Nullable String uuid) {
  /** RFC 1929 has one byte for the length of either. */
  private static final int MAX_BYTES = 255;

  private static final Set<String> FIELDS = Set.of("id", "username", "password", "uuid");

  /** The settings that {@link #read} understands. */
  public static List<Key> keys() {
    return List.of(
        new Key("username", "none", "the one user's name; needs password"),
        new Key("password", "none", "the one user's password; needs username"),
        new Key(
            "users", "none", "list of users, each with username, password and maybe id and uuid"));
  }

  /**
   * The users of an inbound that logs clients in by name and password: {@code username} and {@code
   * password}, and each of {@code users}. An empty list means that everybody may use it.
   */
  public static List<User> read(Settings settings) {
    List<User> users = new ArrayList<>();
    if (!settings.string("username", "").isEmpty() || !settings.string("password", "").isEmpty()) {
      add(users, settings, null, null);
    }
    for (Settings each : settings.objects("users")) {
      warnOfUnknown(each);
      add(users, each, named(each, "id"), named(each, "uuid"));
    }
    Set<String> names = new HashSet<>();
    for (User user : users) {
      if (!names.add(user.username)) {
        settings.error(
            settings.has("users") ? "users" : "username",
            "two users have the username '" + user.username + "'",
            "give each user a username of their own");
      }
    }
    return List.copyOf(users);
  }

  /**
   * What an entry of {@code users} counts under where clients do not log in by name: its id, else
   * its uuid, else its username, else null. Warns of keys that no user has.
   */
  public static @Nullable String shownId(Settings entry) {
    warnOfUnknown(entry);
    for (String key : List.of("id", "uuid", "username")) {
      String name = named(entry, key);
      if (name != null) {
        return name;
      }
    }
    return null;
  }

  private static void warnOfUnknown(Settings entry) {
    for (String key : entry.keys()) {
      if (!FIELDS.contains(key)) {
        entry.warning(key, "unknown key '" + key + "'", "use id, username, password and uuid");
      }
    }
  }

  private static @Nullable String named(Settings settings, String key) {
    String text = settings.string(key, "");
    return text.isEmpty() ? null : text;
  }

  private static void add(
      List<User> users, Settings settings, @Nullable String id, @Nullable String uuid) {
    String username = settings.string("username", "");
    String password = settings.string("password", "");
    boolean complete = true;
    for (String key : List.of("username", "password")) {
      String text = key.equals("username") ? username : password;
      String other = key.equals("username") ? "password" : "username";
      if (text.isEmpty()) {
        settings
            .problems()
            .error(
                settings.source(key),
                "",
                settings.owner() + ": '" + other + "' needs a '" + key + "' that is not empty",
                "set both username and password, or neither");
        complete = false;
      } else if (text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
        settings
            .problems()
            .error(
                settings.source(key),
                "",
                settings.owner() + ": '" + key + "' is longer than " + MAX_BYTES + " bytes",
                "shorten it");
        complete = false;
      }
    }
    if (complete) {
      users.add(new User(id, username, password, uuid));
    }
  }

  /** The ids that these users' traffic counts under. */
  public static List<String> shownIds(List<User> users) {
    return users.stream().map(User::shownId).toList();
  }

  /** The id, else the uuid, else the username. */
  public String shownId() {
    return Objects.requireNonNullElse(id, Objects.requireNonNullElse(uuid, username));
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "user " + shownId();
  }
}
