package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadChunkReader;
import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.crypto.HkdfSha1;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/** The receiving direction of a stream: the peer's salt, then its chunks. */
final class StreamOpener {
  private final ShadowsocksKey key;
  private final byte[] salt;
  private int saltFilled;
  private @Nullable AeadChunkReader chunks;
  private boolean closed;

  StreamOpener(ShadowsocksKey key) {
    this.key = key;
    this.salt = new byte[key.saltBytes()];
  }

  /** As {@link AeadChunkReader#read}. */
  void read(ByteBuf piece, ByteBufAllocator alloc, Consumer<ByteBuf> receiver)
      throws AEADBadTagException {
    AeadChunkReader reader = chunks;
    if (reader == null) {
      int n = Math.min(salt.length - saltFilled, piece.readableBytes());
      piece.readBytes(salt, saltFilled, n);
      saltFilled += n;
      if (saltFilled < salt.length || closed) {
        piece.release();
        return;
      }
      reader =
          new AeadChunkReader(
              AeadCipher.opening(key.method(), key.subkey(new HkdfSha1(), salt)),
              StreamSealer.MAX_CHUNK);
      chunks = reader;
    }
    reader.read(piece, alloc, receiver);
  }

  /** Whether the stream may end here in order. */
  boolean atBoundary() {
    return chunks == null ? saltFilled == 0 : chunks.atBoundary();
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
