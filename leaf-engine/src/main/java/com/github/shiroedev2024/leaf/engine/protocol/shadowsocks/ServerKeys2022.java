package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a receiver of the 2022 edition opens with: the server's own, and those of its
 * users, told apart by identity headers (SIP023). Immutable.
 */
final class ServerKeys2022 {
  /** Somebody's key. */
  static final class Entry {
    private final byte[] key;
    private final @Nullable String userId;

    /**
     * @param userId what their traffic counts under; null when there are no users
     */
    Entry(byte[] key, @Nullable String userId) {
      this.key = key;
      this.userId = userId;
    }

    byte[] key() {
      return key;
    }

    @Nullable String userId() {
      return userId;
    }
  }

  /** The 16 bytes that name a key. */
  private record Name(long high, long low) {
    static Name of(byte[] bytes) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      return new Name(buffer.getLong(), buffer.getLong());
    }
  }

  private final AeadMethod cipher;
  private final Entry anybody;
  private final Map<Name, Entry> users = new HashMap<>();

  /**
   * @param server the server's key
   * @param users empty: everybody has the server's key
   */
  ServerKeys2022(AeadMethod cipher, byte[] server, Iterable<Entry> users) {
    this.cipher = cipher;
    this.anybody = new Entry(server, null);
    for (Entry user : users) {
      this.users.put(Name.of(Keys2022.name(user.key)), user);
    }
  }

  AeadMethod cipher() {
    return cipher;
  }

  /** The key of the server, which identity headers are encrypted with. */
  byte[] server() {
    return anybody.key;
  }

  /** Who everybody is where there are no users. */
  Entry anybody() {
    return anybody;
  }

  boolean hasUsers() {
    return !users.isEmpty();
  }

  /** The user of this name. */
  Entry named(byte[] name) throws BadHeaderException {
    Entry user = users.get(Name.of(name));
    if (user == null) {
      throw new BadHeaderException("it names no user");
    }
    return user;
  }
}
