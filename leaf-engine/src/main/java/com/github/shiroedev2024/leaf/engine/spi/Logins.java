package com.github.shiroedev2024.leaf.engine.spi;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks names and passwords against an inbound's users. Immutable. */
public final class Logins {
  private static final class Entry {
    final User user;
    final byte[] password;

    Entry(User user) {
      this.user = user;
      this.password = user.password().getBytes(StandardCharsets.UTF_8);
    }
  }

  private static final byte[] NOBODY = new byte[16];

  private final Map<String, Entry> byName = new HashMap<>();

  public Logins(List<User> users) {
    for (User user : users) {
      byName.put(user.username(), new Entry(user));
    }
  }

  /** Whether clients have to log in at all. */
  public boolean required() {
    return !byName.isEmpty();
  }

  /**
   * The user of this name and password, or null. How long a comparison takes does not depend on how
   * much of the password was right, nor on whether the user exists.
   */
  public @Nullable User check(String username, byte[] password) {
    Entry entry = byName.get(username);
    boolean equal = MessageDigest.isEqual(entry == null ? NOBODY : entry.password, password);
    return entry != null && equal ? entry.user : null;
  }
}
