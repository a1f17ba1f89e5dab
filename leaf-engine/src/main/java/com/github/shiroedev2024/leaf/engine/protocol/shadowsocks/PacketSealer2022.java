package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import com.github.shiroedev2024.leaf.engine.crypto.AesBlock;
import com.github.shiroedev2024.leaf.engine.crypto.CipherScratch;
import com.github.shiroedev2024.leaf.engine.crypto.XChaCha20;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sending side of one session of the 2022 edition over UDP. */
final class PacketSealer2022 {
  /** Session id and packet id, in bytes. */
  static final int IDS_BYTES = 16;

  /** Encrypts one identity header. */
  private static final class Identity {
    private final AesBlock block;
    private final byte[] next;

    Identity(AesBlock block, byte[] next) {
      this.block = block;
      this.next = next;
    }
  }

  private final long session;
  private final SecureRandom random;
  private final @Nullable AeadCipher cipher;
  private final @Nullable AesBlock block;
  private final @Nullable XChaCha20 xchacha;
  private final List<Identity> identities = new ArrayList<>(0);
  private final byte[] header;
  private long packets;

  /**
   * @param keys the first encrypts the ids, the user's the body
   * @param session the sender's own id of the session
   */
  PacketSealer2022(Keys2022 keys, long session, SecureRandom random) {
    this.session = session;
    this.random = random;
    if (keys.cipher() == AeadMethod.CHACHA20_POLY1305) {
      cipher = null;
      block = null;
      xchacha = XChaCha20.sealing(keys.user());
      header = new byte[XChaCha20.NONCE_BYTES];
      return;
    }
    byte[] id = ByteBuffer.allocate(Long.BYTES).putLong(session).array();
    cipher = AeadCipher.sealing(keys.cipher(), keys.sessionKey(id));
    block = AesBlock.encrypting(keys.first());
    xchacha = null;
    List<byte[]> chain = keys.identities();
    for (int i = 0; i < chain.size(); i++) {
      byte[] next = i + 1 < chain.size() ? chain.get(i + 1) : keys.user();
      identities.add(new Identity(AesBlock.encrypting(chain.get(i)), Keys2022.name(next)));
    }
    header = new byte[IDS_BYTES];
  }

  /** What sealing adds to {@link #seal}'s bytes. */
  int overhead() {
    return AeadMethod.TAG_BYTES
        + (xchacha != null ? XChaCha20.NONCE_BYTES : identities.size() * AesBlock.BYTES);
  }

  /**
   * Seals the next packet.
   *
   * @param plain the body, in front of it room for the ids
   * @param length of both
   */
  ByteBuf seal(ByteBufAllocator alloc, byte[] plain, int length) {
    ByteBuffer.wrap(plain).putLong(session).putLong(packets++);
    byte[] out = CipherScratch.ofThread().out(length + AeadMethod.TAG_BYTES);
    int size = length + overhead();
    ByteBuf packet = alloc.directBuffer(size, size);
    XChaCha20 whole = xchacha;
    AesBlock ids = block;
    AeadCipher body = cipher;
    if (whole != null) {
      random.nextBytes(header);
      packet.writeBytes(header);
      return packet.writeBytes(out, 0, whole.seal(header, plain, 0, length, out, 0));
    }
    if (ids == null || body == null) {
      throw new IllegalStateException("no cipher");
    }
    ids.run(plain, 0, header, 0);
    packet.writeBytes(header);
    for (Identity identity : identities) {
      for (int i = 0; i < IDS_BYTES; i++) {
        header[i] = (byte) (identity.next[i] ^ plain[i]);
      }
      identity.block.run(header, 0, header, 0);
      packet.writeBytes(header);
    }
    body.nonce(plain, 4);
    return packet.writeBytes(out, 0, body.seal(plain, IDS_BYTES, length - IDS_BYTES, out, 0));
  }
}
