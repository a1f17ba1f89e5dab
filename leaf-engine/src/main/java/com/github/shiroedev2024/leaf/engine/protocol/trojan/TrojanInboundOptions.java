package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.User;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the inbound {@code trojan}.
 *
 * @param users who may use it; not empty, their passwords all different
 * @param fallback who gets what is not Trojan; null: nobody
 */
record TrojanInboundOptions(List<TrojanUser> users, @Nullable Destination fallback)
    implements PartOptions {
  static final List<Key> KEYS =
      List.of(
          new Key("passwords", "none", "accepted passwords, whose traffic counts for no user"),
          new Key(
              "users",
              "none",
              "list of users, each with a password and maybe id, uuid and username"),
          new Key(
              "fallbackAddress",
              "none",
              "name or IP of the server that gets all connections that are not Trojan"),
          new Key("fallbackPort", "none", "its port, 1 to 65535; goes with fallbackAddress"));

  TrojanInboundOptions {
    users = List.copyOf(users);
  }

  static TrojanInboundOptions read(Settings settings) {
    List<TrojanUser> users = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    List<String> passwords = settings.strings("passwords");
    List<Settings> entries = settings.objects("users");
    for (String password : passwords) {
      if (password.isEmpty()) {
        settings.error("passwords", "a password is empty", "write one, or remove it");
      } else if (seen.add(password)) {
        users.add(new TrojanUser(password, null));
      } else {
        settings.warning("passwords", "the same password is there twice", "remove one of them");
      }
    }
    for (Settings each : entries) {
      String password = each.required("password");
      String id = User.shownId(each);
      if (password.isEmpty()) {
        continue; // told
      }
      if (!seen.add(password)) {
        each.error(
            "password",
            "another user has the same password, and Trojan tells users by it",
            "give each user a password of their own");
        continue;
      }
      users.add(new TrojanUser(password, id));
    }
    if (passwords.isEmpty() && entries.isEmpty()) {
      settings.error(
          settings.has("users") ? "users" : "passwords",
          "nobody could use it: there is no password",
          "add passwords or users");
    }
    return new TrojanInboundOptions(users, fallback(settings));
  }

  private static @Nullable Destination fallback(Settings settings) {
    if (!settings.has("fallbackAddress") && !settings.has("fallbackPort")) {
      return null;
    }
    return Destination.of(
        settings.required("fallbackAddress"), settings.requiredPort("fallbackPort"));
  }

  /** What the users' traffic counts under. */
  List<String> userIds() {
    return users.stream().map(TrojanUser::shownId).filter(Objects::nonNull).distinct().toList();
  }
}
