package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import com.github.shiroedev2024.leaf.engine.codec.UuidUser;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * Finds a user by the auth id that a request begins with: the one whose key makes its checksum
 * right. Safe from any thread.
 */
final class VmessUsers {
  /** How far a client's clock may be off, in seconds. */
  static final long MAX_DIFFERENCE_SECONDS = 120;

  /** A user who was found, and when the request was made by their clock. */
  record Found(Known user, long unixSeconds) {
    byte[] commandKey() {
      return user.commandKey;
    }

    @Nullable String shownId() {
      return user.shownId;
    }
  }

  private static final class Known {
    private final byte[] commandKey;
    private final @Nullable String shownId;
    private final Cipher authIds;

    Known(UuidUser user) {
      this.commandKey = VmessId.commandKey(user.uuid());
      this.shownId = user.shownId();
      this.authIds = VmessHeader.authIds(Cipher.DECRYPT_MODE, commandKey);
    }
  }

  private final List<Known> users;
  private final byte[] sealed = new byte[VmessHeader.AUTH_ID_BYTES];
  private final byte[] plain = new byte[VmessHeader.AUTH_ID_BYTES];

  VmessUsers(List<UuidUser> users) {
    this.users = users.stream().map(Known::new).toList();
  }

  /** The user whose auth id begins at the reader index, which does not move; or null. */
  synchronized @Nullable Found find(ByteBuf in) {
    in.getBytes(in.readerIndex(), sealed);
    for (Known user : users) {
      try {
        user.authIds.doFinal(sealed, 0, sealed.length, plain);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("AES failed", e);
      }
      ByteBuffer read = ByteBuffer.wrap(plain);
      if (read.getInt(12) == VmessHeader.checksum(plain)) {
        return new Found(user, read.getLong(0));
      }
    }
    return null;
  }
}
