package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import com.github.shiroedev2024.leaf.engine.crypto.Shake128;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * What both ends of one direction count along, chunk by chunk: masks, paddings, nonces.
 *
 * <pre>
 * +----------------------------+-----------------------------+---------+
 * | size (2, masked; or 2 + 16 | payload, sealed with a tag  | padding |
 * | sealed)                    | of 16 unless it is plain    |         |
 * +----------------------------+-----------------------------+---------+
 * </pre>
 *
 * The size is that of all behind it; less the 16 bytes of a tag when it is sealed itself. From the
 * mask stream come, for each chunk, first the padding's length and then the size's mask. A chunk
 * without payload ends the stream.
 */
final class VmessChunks {
  /** The longest padding and one, in bytes. */
  private static final int PADDINGS = 64;

  private final VmessBody body;
  private final boolean padded;
  private final @Nullable Shake128 mask;
  private final @Nullable AeadCipher payloads;
  private final @Nullable AeadCipher lengths;
  private final byte[] nonce;
  private final byte[] sizeNonce;
  private final byte[] sealedLength = new byte[2 + AeadMethod.TAG_BYTES];
  private int count;
  private int padding;

  /**
   * @param sealing for the sending side
   * @param packets whether each chunk is a datagram
   */
  VmessChunks(VmessBody body, VmessKeys keys, boolean sealing, boolean packets) {
    this.body = body;
    this.padded = body.padding(packets);
    this.mask = body.masking() ? new Shake128(keys.iv()) : null;
    this.nonce = Arrays.copyOf(keys.iv(), AeadMethod.NONCE_BYTES);
    this.sizeNonce = Arrays.copyOf(keys.ofSizes().iv(), AeadMethod.NONCE_BYTES);
    AeadMethod method = body.method();
    this.payloads = method == null ? null : cipher(method, keys.key(), sealing);
    this.lengths =
        method == null || !body.authenticatedLength()
            ? null
            : cipher(
                method,
                new VmessKdf()
                    .derive(VmessKeys.BYTES, keys.ofSizes().key(), VmessKdf.AUTHENTICATED_LENGTH),
                sealing);
  }

  private static AeadCipher cipher(AeadMethod method, byte[] key, boolean sealing) {
    byte[] full = method.keyBytes() == key.length ? key : stretched(key);
    return sealing ? AeadCipher.sealing(method, full) : AeadCipher.opening(method, full);
  }

  /** ChaCha20 takes 32 bytes: the MD5 of the key, and the MD5 of that. */
  private static byte[] stretched(byte[] key) {
    byte[] first = VmessId.digest("MD5").digest(key);
    byte[] both = Arrays.copyOf(first, 32);
    System.arraycopy(VmessId.digest("MD5").digest(first), 0, both, 16, 16);
    return both;
  }

  /** Bytes of a size field. */
  int sizeBytes() {
    return lengths == null ? 2 : sealedLength.length;
  }

  int overhead() {
    return body.overhead();
  }

  /** The most a chunk may add to its payload, its size field included. */
  int mostExtra() {
    return sizeBytes() + overhead() + (padded ? PADDINGS - 1 : 0);
  }

  /** Begins the next chunk: draws its padding. */
  private void next() {
    padding = padded && mask != null ? mask.nextShort() % PADDINGS : 0;
    nonce[0] = (byte) (count >>> 8);
    nonce[1] = (byte) count;
    sizeNonce[0] = nonce[0];
    sizeNonce[1] = nonce[1];
    count++;
  }

  /** The padding of the chunk whose size was written or read last, in bytes. */
  int padding() {
    return padding;
  }

  /** Begins a chunk of so many payload bytes and writes its size field. */
  void writeSize(int payload, byte[] out, int at) {
    next();
    int size = payload + overhead() + padding;
    if (lengths != null) {
      int told = size - AeadMethod.TAG_BYTES;
      sealedLength[0] = (byte) (told >>> 8);
      sealedLength[1] = (byte) told;
      lengths.nonce(sizeNonce, 0);
      lengths.seal(sealedLength, 0, 2, out, at);
      return;
    }
    int masked = mask == null ? size : size ^ mask.nextShort();
    out[at] = (byte) (masked >>> 8);
    out[at + 1] = (byte) masked;
  }

  /**
   * Begins the next chunk with its size field.
   *
   * @return the bytes behind it, with padding
   * @throws AEADBadTagException when the size is not authentic, or less than the least possible
   */
  int readSize(byte[] in) throws AEADBadTagException {
    next();
    int size;
    if (lengths != null) {
      lengths.nonce(sizeNonce, 0);
      lengths.open(in, 0, sealedLength.length, sealedLength, 0);
      size = number(sealedLength) + AeadMethod.TAG_BYTES;
    } else {
      size = number(in);
      size = mask == null ? size : size ^ mask.nextShort();
    }
    if (size < overhead() + padding) {
      throw new AEADBadTagException(
          "a chunk of " + size + " bytes with " + padding + " of padding");
    }
    return size;
  }

  private static int number(byte[] bigEndian) {
    return ((bigEndian[0] & 0xFF) << 8) | (bigEndian[1] & 0xFF);
  }

  /** Seals the payload of the current chunk; plain payloads are copied. */
  int seal(byte[] in, int length, byte[] out, int at) {
    AeadCipher cipher = payloads;
    if (cipher == null) {
      System.arraycopy(in, 0, out, at, length);
      return length;
    }
    cipher.nonce(nonce, 0);
    return cipher.seal(in, 0, length, out, at);
  }

  /** Opens the payload of the current chunk. */
  int open(byte[] in, int length, byte[] out) throws AEADBadTagException {
    AeadCipher cipher = payloads;
    if (cipher == null) {
      System.arraycopy(in, 0, out, 0, length);
      return length;
    }
    cipher.nonce(nonce, 0);
    return cipher.open(in, 0, length, out, 0);
  }
}
