package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import org.jspecify.annotations.Nullable;

/**
 * The form of a body, as a request's header announces it.
 *
 * @param options bits: {@link #CHUNKS} and so on
 * @param security the code of the cipher
 */
record VmessBody(int options, int security) {
  static final int CHUNKS = 0x01;
  static final int MASKING = 0x04;
  static final int PADDING = 0x08;
  static final int AUTHENTICATED_LENGTH = 0x10;

  /** The cipher, or null when the payload is plain. */
  @Nullable AeadMethod method() {
    return VmessSecurity.method(security);
  }

  /** Bytes that sealing adds to a payload. */
  int overhead() {
    return method() == null ? 0 : AeadMethod.TAG_BYTES;
  }

  boolean chunks() {
    return (options & CHUNKS) != 0;
  }

  boolean masking() {
    return (options & MASKING) != 0;
  }

  /** Padding is drawn from the mask, and plain streams have none whatever the bit says. */
  boolean padding(boolean packets) {
    return (options & PADDING) != 0 && masking() && (packets || method() != null);
  }

  boolean authenticatedLength() {
    return (options & AUTHENTICATED_LENGTH) != 0 && method() != null;
  }

  /** Whether a server can serve it. */
  boolean valid() {
    return VmessSecurity.known(security) && (chunks() || method() == null);
  }
}
