package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import com.github.shiroedev2024.leaf.engine.crypto.CipherScratch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * The receiving direction of a body, from pieces cut anywhere.
 *
 * <p>Of a stream, chunks that lie whole in the piece they came in are opened into that same buffer,
 * which goes on as the result; a chunk that spans pieces is gathered in a buffer of its own. Of
 * packets, each chunk becomes a buffer of its own. Nothing is held between chunks.
 */
final class VmessOpener {
  private final VmessBody body;
  private final VmessChunks chunks;
  private final boolean packets;
  private final byte[] size;
  private int sizeFilled;

  /** Bytes of the current chunk, with its padding; -1 while its size is being read. */
  private int chunk = -1;

  private @Nullable ByteBuf partial;
  private boolean ended;
  private boolean closed;

  VmessOpener(VmessBody body, VmessKeys keys, boolean packets) {
    this.body = body;
    this.chunks = new VmessChunks(body, keys, false, packets);
    this.packets = packets;
    this.size = new byte[chunks.sizeBytes()];
  }

  /** Whether the chunk that ends the stream has come; what follows it is thrown away. */
  boolean ended() {
    return ended;
  }

  /** Whether the stream may end here in order: between chunks. */
  boolean atBoundary() {
    return ended || (chunk < 0 && sizeFilled == 0);
  }

  /**
   * Opens all chunks that are complete with this piece and passes their payload on, in buffers that
   * the receiver owns. Takes ownership of the piece.
   *
   * @throws AEADBadTagException when a chunk is not authentic; what came before it has been passed
   *     on, and no more may be read
   */
  void read(ByteBuf piece, ByteBufAllocator alloc, Consumer<ByteBuf> receiver)
      throws AEADBadTagException {
    if (!body.chunks()) {
      receiver.accept(piece);
      return;
    }
    ByteBuf in = piece;
    if (in.isReadOnly() || in.refCnt() > 1) {
      in = alloc.directBuffer(piece.readableBytes()).writeBytes(piece);
      piece.release();
    }
    int start = in.readerIndex();
    int opened = start;
    try {
      CipherScratch scratch = CipherScratch.ofThread();
      while (!closed && !ended && (in.isReadable() || chunk == 0)) {
        if (chunk < 0) {
          readSize(in);
        }
        if (chunk < 0) {
          break;
        }
        ByteBuf gathered = partial;
        if (gathered != null || in.readableBytes() < chunk) {
          if (opened > start) { // in order: what was opened in place goes first
            receiver.accept(in.retainedSlice(start, opened - start));
            start = opened;
          }
          gather(in, alloc, receiver, scratch);
          start = in.readerIndex();
          opened = start;
          continue;
        }
        int length = open(in, scratch);
        if (packets && !ended) {
          receiver.accept(alloc.directBuffer(length).writeBytes(scratch.out(length), 0, length));
        } else {
          in.setBytes(opened, scratch.out(length), 0, length);
          opened += length;
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

  private void readSize(ByteBuf in) throws AEADBadTagException {
    int n = Math.min(in.readableBytes(), size.length - sizeFilled);
    in.readBytes(size, sizeFilled, n);
    sizeFilled += n;
    if (sizeFilled == size.length) {
      sizeFilled = 0;
      chunk = chunks.readSize(size);
    }
  }

  private void gather(
      ByteBuf in, ByteBufAllocator alloc, Consumer<ByteBuf> receiver, CipherScratch scratch)
      throws AEADBadTagException {
    ByteBuf gathered = partial;
    if (gathered == null) {
      gathered = alloc.directBuffer(chunk, chunk);
      partial = gathered;
    }
    gathered.writeBytes(in, Math.min(in.readableBytes(), gathered.writableBytes()));
    if (gathered.isWritable()) {
      return;
    }
    partial = null;
    try {
      int length = open(gathered, scratch);
      gathered.clear().writeBytes(scratch.out(length), 0, length);
    } catch (AEADBadTagException e) {
      gathered.release();
      throw e;
    }
    if (ended || (!packets && !gathered.isReadable())) {
      gathered.release();
    } else {
      receiver.accept(gathered);
    }
  }

  /** Opens the current chunk's payload into the scratch. */
  private int open(ByteBuf from, CipherScratch scratch) throws AEADBadTagException {
    int sealed = chunk - chunks.padding();
    chunk = -1;
    ended = sealed == chunks.overhead();
    byte[] in = scratch.in(sealed);
    from.readBytes(in, 0, sealed).skipBytes(chunks.padding());
    return chunks.open(in, sealed, scratch.out(sealed));
  }

  /** Lets go of what is held. Idempotent; may be called from within the receiver. */
  void close() {
    closed = true;
    ByteBuf held = partial;
    partial = null;
    if (held != null) {
      held.release();
    }
  }
}
