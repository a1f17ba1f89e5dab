package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * The sealed headers, of the form that replaced the MD5 one.
 *
 * <pre>
 * request:   +--------------+-----------------+-----------+-------------------+
 *            | auth id (16) | length (2 + 16) | nonce (8) | header (… + 16)   |
 *            +--------------+-----------------+-----------+-------------------+
 * response:  +-----------------+-----------------+
 *            | length (2 + 16) | header (… + 16) |
 *            +-----------------+-----------------+
 * auth id:   AES-128 of  time (8, Unix s) | random (4) | CRC-32 of both (4)
 * </pre>
 */
final class VmessHeader {
  static final int AUTH_ID_BYTES = 16;
  private static final int NONCE_BYTES = 8;

  /** A sealed length. */
  static final int LENGTH_BYTES = 2 + VmessGcm.TAG_BYTES;

  /** What comes before a request's header. */
  static final int PRELUDE_BYTES = AUTH_ID_BYTES + LENGTH_BYTES + NONCE_BYTES;

  /** No header of ours or anybody's comes near; bytes. */
  static final int MAX_HEADER = 1024;

  private VmessHeader() {}

  /** The block cipher of a user's auth ids. */
  static Cipher authIds(int mode, byte[] commandKey) {
    byte[] key = new VmessKdf().derive(AUTH_ID_BYTES, commandKey, VmessKdf.AUTH_ID);
    try {
      Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, "AES"));
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no AES", e);
    }
  }

  /**
   * Seals a request.
   *
   * @param authIds for encryption, of the same user
   * @param unixSeconds now
   */
  static byte[] sealRequest(
      byte[] commandKey, Cipher authIds, byte[] header, long unixSeconds, RandomGenerator random) {
    byte[] authId = authId(authIds, unixSeconds, random.nextInt());
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    VmessKdf kdf = new VmessKdf();
    byte[] length = {(byte) (header.length >>> 8), (byte) header.length};
    return ByteBuffer.allocate(PRELUDE_BYTES + header.length + VmessGcm.TAG_BYTES)
        .put(authId)
        .put(
            VmessGcm.seal(
                kdf.derive(VmessKeys.BYTES, commandKey, VmessKdf.LENGTH_KEY, authId, nonce),
                kdf.derive(VmessGcm.NONCE_BYTES, commandKey, VmessKdf.LENGTH_NONCE, authId, nonce),
                length,
                authId))
        .put(nonce)
        .put(
            VmessGcm.seal(
                kdf.derive(VmessKeys.BYTES, commandKey, VmessKdf.HEADER_KEY, authId, nonce),
                kdf.derive(VmessGcm.NONCE_BYTES, commandKey, VmessKdf.HEADER_NONCE, authId, nonce),
                header,
                authId))
        .array();
  }

  static byte[] authId(Cipher authIds, long unixSeconds, int random) {
    ByteBuffer plain = ByteBuffer.allocate(AUTH_ID_BYTES).putLong(unixSeconds).putInt(random);
    plain.putInt(checksum(plain.array()));
    try {
      return authIds.doFinal(plain.array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES failed", e);
    }
  }

  /** The CRC-32 of the first 12 bytes. */
  static int checksum(byte[] plain) {
    CRC32 crc = new CRC32();
    crc.update(plain, 0, 12);
    return (int) crc.getValue();
  }

  /**
   * The length of a request's header behind its prelude, with its tag.
   *
   * @param prelude at least {@link #PRELUDE_BYTES}; its indices do not move
   */
  static int openLength(byte[] commandKey, ByteBuf prelude) throws AEADBadTagException {
    int at = prelude.readerIndex();
    byte[] authId = bytes(prelude, at, AUTH_ID_BYTES);
    byte[] sealed = bytes(prelude, at + AUTH_ID_BYTES, LENGTH_BYTES);
    byte[] nonce = bytes(prelude, at + AUTH_ID_BYTES + LENGTH_BYTES, NONCE_BYTES);
    VmessKdf kdf = new VmessKdf();
    byte[] length =
        VmessGcm.open(
            kdf.derive(VmessKeys.BYTES, commandKey, VmessKdf.LENGTH_KEY, authId, nonce),
            kdf.derive(VmessGcm.NONCE_BYTES, commandKey, VmessKdf.LENGTH_NONCE, authId, nonce),
            sealed,
            authId);
    return ((length[0] & 0xFF) << 8) | (length[1] & 0xFF);
  }

  /**
   * Opens a request's header.
   *
   * @param all the prelude and {@code length} bytes and a tag behind it; its indices do not move
   */
  static byte[] openRequest(byte[] commandKey, ByteBuf all, int length) throws AEADBadTagException {
    int at = all.readerIndex();
    byte[] authId = bytes(all, at, AUTH_ID_BYTES);
    byte[] nonce = bytes(all, at + AUTH_ID_BYTES + LENGTH_BYTES, NONCE_BYTES);
    VmessKdf kdf = new VmessKdf();
    return VmessGcm.open(
        kdf.derive(VmessKeys.BYTES, commandKey, VmessKdf.HEADER_KEY, authId, nonce),
        kdf.derive(VmessGcm.NONCE_BYTES, commandKey, VmessKdf.HEADER_NONCE, authId, nonce),
        bytes(all, at + PRELUDE_BYTES, length + VmessGcm.TAG_BYTES),
        authId);
  }

  /** Seals a response's header. */
  static byte[] sealResponse(VmessKeys keys, byte[] header) {
    VmessKdf kdf = new VmessKdf();
    byte[] length = {(byte) (header.length >>> 8), (byte) header.length};
    return ByteBuffer.allocate(LENGTH_BYTES + header.length + VmessGcm.TAG_BYTES)
        .put(
            VmessGcm.seal(
                kdf.derive(VmessKeys.BYTES, keys.key(), VmessKdf.RESPONSE_LENGTH_KEY),
                kdf.derive(VmessGcm.NONCE_BYTES, keys.iv(), VmessKdf.RESPONSE_LENGTH_NONCE),
                length,
                VmessGcm.NOTHING))
        .put(
            VmessGcm.seal(
                kdf.derive(VmessKeys.BYTES, keys.key(), VmessKdf.RESPONSE_KEY),
                kdf.derive(VmessGcm.NONCE_BYTES, keys.iv(), VmessKdf.RESPONSE_NONCE),
                header,
                VmessGcm.NOTHING))
        .array();
  }

  /** The length of a response's header behind the sealed length, without its tag. */
  static int openResponseLength(VmessKeys keys, byte[] sealed) throws AEADBadTagException {
    VmessKdf kdf = new VmessKdf();
    byte[] length =
        VmessGcm.open(
            kdf.derive(VmessKeys.BYTES, keys.key(), VmessKdf.RESPONSE_LENGTH_KEY),
            kdf.derive(VmessGcm.NONCE_BYTES, keys.iv(), VmessKdf.RESPONSE_LENGTH_NONCE),
            sealed);
    return ((length[0] & 0xFF) << 8) | (length[1] & 0xFF);
  }

  static byte[] openResponse(VmessKeys keys, byte[] sealed) throws AEADBadTagException {
    VmessKdf kdf = new VmessKdf();
    return VmessGcm.open(
        kdf.derive(VmessKeys.BYTES, keys.key(), VmessKdf.RESPONSE_KEY),
        kdf.derive(VmessGcm.NONCE_BYTES, keys.iv(), VmessKdf.RESPONSE_NONCE),
        sealed);
  }

  private static byte[] bytes(ByteBuf from, int at, int length) {
    byte[] bytes = new byte[length];
    from.getBytes(at, bytes);
    return bytes;
  }
}
