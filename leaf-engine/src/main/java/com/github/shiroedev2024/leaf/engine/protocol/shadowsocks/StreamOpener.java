package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadChunkReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/** The receiving direction of a stream: the peer's head, then its chunks. */
final class StreamOpener {
  /** What a stream begins with. */
  interface Head {
    /** Its length in bytes. */
    int bytes();

    /** What reads on behind these bytes. */
    AeadChunkReader open(byte[] head) throws AEADBadTagException, BadHeaderException;
  }

  private final Head head;
  private final byte[] bytes;
  private int filled;
  private @Nullable AeadChunkReader chunks;
  private boolean closed;

  StreamOpener(Head head) {
    this.head = head;
    this.bytes = new byte[head.bytes()];
  }

  /** As {@link AeadChunkReader#read}. */
  void read(ByteBuf piece, ByteBufAllocator alloc, Consumer<ByteBuf> receiver)
      throws AEADBadTagException, BadHeaderException {
    AeadChunkReader reader = chunks;
    if (reader == null) {
      reader = begin(piece);
      if (reader == null) {
        piece.release();
        return;
      }
      chunks = reader;
    }
    reader.read(piece, alloc, receiver);
  }

  private @Nullable AeadChunkReader begin(ByteBuf piece)
      throws AEADBadTagException, BadHeaderException {
    int n = Math.min(bytes.length - filled, piece.readableBytes());
    piece.readBytes(bytes, filled, n);
    filled += n;
    if (filled < bytes.length || closed) {
      return null;
    }
    try {
      return head.open(bytes);
    } catch (AEADBadTagException | BadHeaderException e) {
      piece.release();
      throw e;
    }
  }

  /** Whether the stream may end here in order. */
  boolean atBoundary() {
    return chunks == null ? filled == 0 : chunks.atBoundary();
  }

  /** Whether something was authentic, so that the peer has the same key. */
  boolean begun() {
    return chunks != null && chunks.begun();
  }

  /** Lets go of what is held. */
  void close() {
    closed = true;
    if (chunks != null) {
      chunks.close();
    }
  }
}
