package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import com.github.shiroedev2024.leaf.engine.codec.SecretTable;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds a user by the key in a request. Immutable. */
final class TrojanUsers {
  private final SecretTable<TrojanUser> byKey = new SecretTable<>(TrojanKey.BYTES);

  TrojanUsers(List<TrojanUser> users) {
    for (TrojanUser user : users) {
      byKey.put(TrojanKey.of(user.password()), user);
    }
  }

  /** The user whose key begins at the reader index, which does not move; or null. */
  @Nullable TrojanUser find(ByteBuf in) {
    return byKey.find(in, in.readerIndex());
  }
}
