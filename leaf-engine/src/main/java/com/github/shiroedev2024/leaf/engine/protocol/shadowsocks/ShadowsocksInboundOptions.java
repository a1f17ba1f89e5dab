package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The settings of a {@code shadowsocks} inbound.
 *
 * @param password what all clients share; with users the server's own key
 * @param users empty: everybody who has the password
 */
record ShadowsocksInboundOptions(ShadowsocksMethod method, String password, List<User> users)
    implements PartOptions {
  static final List<Key> KEYS =
      List.of(
          new Key(
              "method",
              ShadowsocksOptions.DEFAULT_METHOD.word(),
              "the cipher: " + ShadowsocksMethod.WORDS),
          new Key(
              "password",
              "required",
              "the password that clients have; with a method of 2022 a key in Base64"),
          new Key(
              "users",
              "none",
              "with 2022-blake3-aes-*: list of users, each with id or username, and a key of their"
                  + " own as password"));

  private static final Set<String> FIELDS = Set.of("id", "username", "password", "uuid");

  ShadowsocksInboundOptions {
    users = List.copyOf(users);
  }

  static ShadowsocksInboundOptions read(Settings settings) {
    ShadowsocksMethod method = ShadowsocksOptions.method(settings);
    String password = settings.required("password");
    if (method.is2022() && !password.isEmpty()) {
      check(settings, method, password);
    }
    return new ShadowsocksInboundOptions(method, password, users(settings, method));
  }

  /** The keys of a method of 2022. */
  ServerKeys2022 keys() {
    return new ServerKeys2022(
        method.cipher(),
        Keys2022.read(method, password).user(),
        users.stream()
            .map(
                user ->
                    new ServerKeys2022.Entry(
                        Keys2022.read(method, user.password()).user(), user.shownId()))
            .toList());
  }

  private static void check(Settings settings, ShadowsocksMethod method, String password) {
    try {
      if (password.indexOf(':') >= 0) {
        throw new IllegalArgumentException("is several keys, and this side has one");
      }
      Keys2022.read(method, password);
    } catch (IllegalArgumentException e) {
      settings.error("password", "the password " + e.getMessage(), Keys2022.remedy(method));
    }
  }

  private static List<User> users(Settings settings, ShadowsocksMethod method) {
    List<Settings> all = settings.objects("users");
    if (!all.isEmpty() && !method.hasUsers()) {
      settings.error(
          "users",
          method.word() + " cannot tell users apart",
          "use 2022-blake3-aes-128-gcm or 2022-blake3-aes-256-gcm, or remove the users");
      return List.of();
    }
    List<User> users = new ArrayList<>();
    Map<String, String> owners = new HashMap<>();
    for (Settings each : all) {
      for (String key : each.keys()) {
        if (!FIELDS.contains(key)) {
          each.warning(key, "unknown key '" + key + "'", "use id, username, password and uuid");
        }
      }
      String name =
          Stream.of("id", "uuid", "username")
              .map(key -> each.string(key, ""))
              .filter(text -> !text.isEmpty())
              .findFirst()
              .orElse("");
      if (name.isEmpty()) {
        each.error("id", "a user needs an 'id' or a 'username'", "add one");
      }
      String password = each.required("password");
      if (!password.isEmpty()) {
        check(each, method, password);
        String other = owners.putIfAbsent(password, name);
        if (other != null) {
          each.error(
              "password",
              "the users '" + other + "' and '" + name + "' have the same password",
              "give each a key of their own");
        }
      }
      users.add(new User(name, each.string("username", ""), password, null));
    }
    return users;
  }

  /** Without the passwords. */
  @Override
  public String toString() {
    return "shadowsocks " + method.word() + " " + users;
  }
}
