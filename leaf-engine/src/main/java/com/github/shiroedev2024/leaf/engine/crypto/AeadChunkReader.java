package com.github.shiroedev2024.leaf.engine.crypto;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * Opens what {@link AeadChunkWriter} seals, from pieces cut anywhere.
 *
 * <p>A chunk that lies whole in the piece it came in is opened into that same buffer: the plaintext
 * is shorter than what it replaces, so it never overtakes what is still to be read, and the piece
 * goes on as the result without an allocation. Only a chunk that spans pieces is gathered in a
 * buffer of its own, held until the chunk is complete; between chunks nothing is held.
 */
public final class AeadChunkReader {
  private static final int SEALED_LENGTH = 2 + AeadMethod.TAG_BYTES;

  private final AeadCipher cipher;
  private final int maxPayload;
  private final byte[] length = new byte[SEALED_LENGTH];
  private int lengthFilled;

  /** The payload length of the chunk being read; -1 while its length is being read. */
  private int payload = -1;

  private @Nullable ByteBuf partial;
  private boolean begun;
  private boolean closed;

  /**
   * @param maxPayload the most a chunk may carry, up to 65535 bytes
   */
  public AeadChunkReader(AeadCipher cipher, int maxPayload) {
    this.cipher = cipher;
    this.maxPayload = maxPayload;
  }

  /**
   * Goes on with a payload whose length, 0 to 65535 bytes, was told otherwise than by a length of
   * its own: a header in front of the chunks.
   */
  public void expect(int length) {
    begun = true;
    payload = length;
  }

  /**
   * Opens all chunks that are complete with this piece and passes their payload on, in one or two
   * buffers that the receiver owns. Takes ownership of the piece.
   *
   * @throws AEADBadTagException when a chunk is not authentic or longer than allowed; what came
   *     before it has been passed on, and no more may be read
   */
  public void read(ByteBuf piece, ByteBufAllocator alloc, Consumer<ByteBuf> receiver)
      throws AEADBadTagException {
    ByteBuf in = piece;
    if (in.isReadOnly()) {
      in = alloc.directBuffer(piece.readableBytes()).writeBytes(piece);
      piece.release();
    }
    int start = in.readerIndex();
    int opened = start;
    try {
      CipherScratch scratch = CipherScratch.ofThread();
      while (!closed && in.isReadable()) {
        if (payload < 0) {
          readLength(in, scratch);
        } else if (partial != null) {
          finishPartial(in, scratch, receiver);
          start = in.readerIndex();
          opened = start;
        } else if (in.readableBytes() < payload + AeadMethod.TAG_BYTES) {
          partial = alloc.directBuffer(payload + AeadMethod.TAG_BYTES).writeBytes(in);
        } else {
          int n = open(in, scratch);
          in.setBytes(opened, scratch.out(n), 0, n);
          opened += n;
        }
      }
    } finally {
      if (opened > start && !closed) {
        receiver.accept(in.setIndex(start, opened));
      } else {
        in.release();
      }
    }
  }

  private void readLength(ByteBuf in, CipherScratch scratch) throws AEADBadTagException {
    int n = Math.min(in.readableBytes(), SEALED_LENGTH - lengthFilled);
    in.readBytes(length, lengthFilled, n);
    lengthFilled += n;
    if (lengthFilled < SEALED_LENGTH) {
      return;
    }
    lengthFilled = 0;
    byte[] out = scratch.out(SEALED_LENGTH);
    cipher.open(length, 0, SEALED_LENGTH, out, 0);
    begun = true;
    int announced = ((out[0] & 0xff) << 8) | (out[1] & 0xff);
    if (announced > maxPayload) {
      throw new AEADBadTagException(
          "a chunk of " + announced + " bytes, more than " + maxPayload + " are not allowed");
    }
    payload = announced;
  }

  private void finishPartial(ByteBuf in, CipherScratch scratch, Consumer<ByteBuf> receiver)
      throws AEADBadTagException {
    ByteBuf gathered = partial;
    if (gathered == null) {
      return;
    }
    gathered.writeBytes(in, Math.min(in.readableBytes(), gathered.writableBytes()));
    if (gathered.writableBytes() > 0) {
      return;
    }
    partial = null;
    try {
      int n = open(gathered, scratch);
      gathered.clear().writeBytes(scratch.out(n), 0, n);
    } catch (AEADBadTagException e) {
      gathered.release();
      throw e;
    }
    if (gathered.isReadable()) {
      receiver.accept(gathered);
    } else {
      gathered.release();
    }
  }

  /** Opens the current chunk's payload from the buffer into the scratch. */
  private int open(ByteBuf from, CipherScratch scratch) throws AEADBadTagException {
    int sealed = payload + AeadMethod.TAG_BYTES;
    byte[] in = scratch.in(sealed);
    from.readBytes(in, 0, sealed);
    payload = -1;
    return cipher.open(in, 0, sealed, scratch.out(sealed), 0);
  }

  /** Whether the stream may end here in order: before a chunk or within its length. */
  public boolean atBoundary() {
    return payload < 0;
  }

  /** Whether one length at least was authentic, so that the peer has the same key. */
  public boolean begun() {
    return begun;
  }

  /** Lets go of what is held. Idempotent; may be called from within the receiver. */
  public void close() {
    closed = true;
    ByteBuf held = partial;
    partial = null;
    if (held != null) {
      held.release();
    }
  }
}
