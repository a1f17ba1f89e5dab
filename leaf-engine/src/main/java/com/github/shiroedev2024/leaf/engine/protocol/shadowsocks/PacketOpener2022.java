package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import com.github.shiroedev2024.leaf.engine.crypto.AesBlock;
import com.github.shiroedev2024.leaf.engine.crypto.CipherScratch;
import com.github.shiroedev2024.leaf.engine.crypto.XChaCha20;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.function.LongFunction;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * Opens the packets of the 2022 edition that arrive at one UDP socket, of any session. What it
 * opened last can be asked of it until the next.
 */
final class PacketOpener2022 {
  private final AeadMethod method;
  private final ServerKeys2022 keys;
  private final @Nullable AesBlock block;
  private final @Nullable XChaCha20 xchacha;

  /** For sessions that are not known; gets a new key each time. */
  private final AeadCipher stranger;

  private final byte[] nonce = new byte[XChaCha20.NONCE_BYTES];
  private final byte[] ids = new byte[PacketSealer2022.IDS_BYTES];
  private final byte[] name = new byte[AesBlock.BYTES];
  private ServerKeys2022.Entry owner;
  private long session;
  private long packet;

  PacketOpener2022(ServerKeys2022 keys) {
    this.method = keys.cipher();
    this.keys = keys;
    this.owner = keys.anybody();
    this.stranger = AeadCipher.opening(method, keys.server());
    boolean whole = method == AeadMethod.CHACHA20_POLY1305;
    this.xchacha = whole ? XChaCha20.opening(keys.server()) : null;
    this.block = whole ? null : AesBlock.decrypting(keys.server());
  }

  /**
   * Opens one packet.
   *
   * @param known the cipher of a session that is known, by its id; null for another
   * @return the body, in an array that the thread's next use of a cipher overwrites
   */
  ByteBuf open(ByteBuf received, LongFunction<@Nullable AeadCipher> known)
      throws AEADBadTagException, BadHeaderException {
    XChaCha20 whole = xchacha;
    return whole != null ? openWhole(received, whole) : openBody(received, known);
  }

  private ByteBuf openWhole(ByteBuf received, XChaCha20 whole) throws AEADBadTagException {
    int sealed = received.readableBytes() - nonce.length;
    if (sealed < ids.length + AeadMethod.TAG_BYTES) {
      throw new AEADBadTagException("too short");
    }
    received.readBytes(nonce);
    CipherScratch scratch = CipherScratch.ofThread();
    byte[] in = scratch.in(sealed);
    received.readBytes(in, 0, sealed);
    byte[] out = scratch.out(sealed);
    int length = whole.open(nonce, in, 0, sealed, out, 0);
    ByteBuf plain = Unpooled.wrappedBuffer(out, 0, length);
    session = plain.readLong();
    packet = plain.readLong();
    owner = keys.anybody();
    return plain;
  }

  private ByteBuf openBody(ByteBuf received, LongFunction<@Nullable AeadCipher> known)
      throws AEADBadTagException, BadHeaderException {
    int headers = ids.length + (keys.hasUsers() ? AesBlock.BYTES : 0);
    int sealed = received.readableBytes() - headers;
    AesBlock decrypt = block;
    if (sealed < AeadMethod.TAG_BYTES || decrypt == null) {
      throw new AEADBadTagException("too short");
    }
    received.readBytes(ids);
    decrypt.run(ids, 0, ids, 0);
    ServerKeys2022.Entry user = keys.anybody();
    if (keys.hasUsers()) {
      received.readBytes(name);
      decrypt.run(name, 0, name, 0);
      for (int i = 0; i < name.length; i++) {
        name[i] ^= ids[i];
      }
      user = keys.named(name);
    }
    ByteBuf numbers = Unpooled.wrappedBuffer(ids);
    long sender = numbers.readLong();
    AeadCipher cipher = known.apply(sender);
    if (cipher == null) {
      stranger.rekey(Keys2022.sessionKey(user.key(), Arrays.copyOf(ids, Long.BYTES)));
      cipher = stranger;
    }
    cipher.nonce(ids, 4);
    CipherScratch scratch = CipherScratch.ofThread();
    byte[] in = scratch.in(sealed);
    received.readBytes(in, 0, sealed);
    byte[] out = scratch.out(sealed);
    int length = cipher.open(in, 0, sealed, out, 0);
    session = sender;
    packet = numbers.readLong();
    owner = user;
    return Unpooled.wrappedBuffer(out, 0, length);
  }

  /** A cipher for further packets of the session that was opened last; null when none is needed. */
  @Nullable AeadCipher cipher() {
    return xchacha != null
        ? null
        : AeadCipher.opening(
            method, Keys2022.sessionKey(owner.key(), Arrays.copyOf(ids, Long.BYTES)));
  }

  /** The sender's session id. */
  long session() {
    return session;
  }

  /** The packet's number in its session. */
  long packet() {
    return packet;
  }

  /** Whose key it was sealed with. */
  ServerKeys2022.Entry owner() {
    return owner;
  }
}
