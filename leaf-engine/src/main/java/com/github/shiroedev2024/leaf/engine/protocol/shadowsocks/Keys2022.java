package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import com.github.shiroedev2024.leaf.engine.crypto.AesBlock;
import com.github.shiroedev2024.leaf.engine.crypto.Blake3;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A client's keys of the 2022 edition: one for each server that passes the traffic on by an
 * identity header, then the one that seals it. Immutable; safe from any thread.
 */
final class Keys2022 {
  private static final Blake3.Derivation SESSION =
      Blake3.derivation("shadowsocks 2022 session subkey");
  private static final Blake3.Derivation IDENTITY =
      Blake3.derivation("shadowsocks 2022 identity subkey");

  private final AeadMethod cipher;
  private final List<byte[]> identities;
  private final byte[] user;

  private Keys2022(AeadMethod cipher, List<byte[]> identities, byte[] user) {
    this.cipher = cipher;
    this.identities = identities;
    this.user = user;
  }

  /**
   * Reads keys as configurations have them: Base64, several joined by colons.
   *
   * @throws IllegalArgumentException when they do not fit the method; the message goes on behind
   *     {@code "the password "} and does not show the keys
   */
  static Keys2022 read(ShadowsocksMethod method, String password) {
    String[] words = password.split(":", -1);
    if (words.length > 1 && !method.hasUsers()) {
      throw new IllegalArgumentException(
          "has " + words.length + " keys, and " + method.word() + " knows no users");
    }
    List<byte[]> keys = new ArrayList<>();
    for (int i = 0; i < words.length; i++) {
      String which = words.length == 1 ? "is" : "has as key " + (i + 1);
      byte[] key;
      try {
        key = Base64.getDecoder().decode(words[i]);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(which + " something that is not Base64", e);
      }
      if (key.length != method.keyBytes()) {
        throw new IllegalArgumentException(
            which
                + " "
                + key.length
                + " bytes in Base64, and a key of "
                + method.word()
                + " has "
                + method.keyBytes());
      }
      keys.add(key);
    }
    return new Keys2022(
        method.cipher(), List.copyOf(keys.subList(0, keys.size() - 1)), keys.getLast());
  }

  /** One key of the cipher's length. */
  static Keys2022 of(AeadMethod cipher, byte[] key) {
    return new Keys2022(cipher, List.of(), key);
  }

  /** How to make a key that fits. */
  static String remedy(ShadowsocksMethod method) {
    return "use a key as 'openssl rand -base64 " + method.keyBytes() + "' makes it";
  }

  AeadMethod cipher() {
    return cipher;
  }

  /** The length of a salt in bytes. */
  int saltBytes() {
    return cipher.keyBytes();
  }

  /** The key of the server that is reached first. */
  byte[] first() {
    return identities.isEmpty() ? user : identities.getFirst();
  }

  /** The key that seals. */
  byte[] user() {
    return user;
  }

  /** The key of one stream or one session. */
  byte[] sessionKey(byte[] salt) {
    return sessionKey(user, salt);
  }

  static byte[] sessionKey(byte[] key, byte[] salt) {
    return SESSION.derive(joined(key, salt), key.length);
  }

  /** The key that one stream's identity header is encrypted with. */
  static byte[] identityKey(byte[] key, byte[] salt) {
    return IDENTITY.derive(joined(key, salt), key.length);
  }

  /** What names a key in the identity header before it. */
  static byte[] name(byte[] key) {
    return Blake3.hash(key, AesBlock.BYTES);
  }

  /** Bytes that identity headers take. */
  int identityBytes() {
    return identities.size() * AesBlock.BYTES;
  }

  /** Appends a stream's identity headers. */
  void writeIdentities(byte[] salt, ByteBuf out) {
    for (int i = 0; i < identities.size(); i++) {
      byte[] header = name(i + 1 < identities.size() ? identities.get(i + 1) : user);
      AesBlock.encrypting(identityKey(identities.get(i), salt)).run(header, 0, header, 0);
      out.writeBytes(header);
    }
  }

  /** The keys of the identity headers, in order, for datagrams. */
  List<byte[]> identities() {
    return identities;
  }

  private static byte[] joined(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
