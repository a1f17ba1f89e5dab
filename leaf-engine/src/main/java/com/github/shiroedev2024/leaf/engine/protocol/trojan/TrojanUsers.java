package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds a user by the key in a request. Immutable.
 *
 * <p>Keys are looked up by their digest under a secret of this object's own. However long a
 * comparison takes, a prober learns of that digest only, which it can neither predict nor use.
 */
final class TrojanUsers {
  private static final int SECRET_BYTES = 32;

  private final byte[] secret = new byte[SECRET_BYTES];
  private final Map<ByteBuffer, TrojanUser> byDigest = new HashMap<>();

  TrojanUsers(List<TrojanUser> users) {
    new SecureRandom().nextBytes(secret);
    for (TrojanUser user : users) {
      byDigest.put(digest(ByteBuffer.wrap(TrojanKey.of(user.password()))), user);
    }
  }

  /** The user whose key begins at the reader index, which does not move; or null. */
  @Nullable TrojanUser find(ByteBuf in) {
    return byDigest.get(digest(in.nioBuffer(in.readerIndex(), TrojanKey.BYTES)));
  }

  private ByteBuffer digest(ByteBuffer key) {
    MessageDigest digest = TrojanKey.digest("SHA-256");
    digest.update(secret);
    digest.update(key);
    return ByteBuffer.wrap(digest.digest());
  }
}
