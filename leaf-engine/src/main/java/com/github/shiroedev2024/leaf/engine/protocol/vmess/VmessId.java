package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.github.shiroedev2024.leaf.engine.codec.Uuids;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** The key that a user's UUID stands for: MD5 of its 16 bytes and a fixed text. */
final class VmessId {
  private static final byte[] SALT = "c48619fe-8f02-49e0-b9e9-edf763e17e21".getBytes(US_ASCII);

  private VmessId() {}

  /** The 16 bytes of the command key. */
  static byte[] commandKey(UUID uuid) {
    MessageDigest md5 = digest("MD5");
    md5.update(Uuids.bytes(uuid));
    return md5.digest(SALT);
  }

  static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no " + algorithm, e);
    }
  }
}
