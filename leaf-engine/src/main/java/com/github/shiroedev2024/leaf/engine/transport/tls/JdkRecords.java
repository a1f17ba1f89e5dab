package com.github.shiroedev2024.leaf.engine.transport.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Collection;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The record layer of the JDK's engine. In TLS 1.2 that engine answers the peer's {@code
 * close_notify} with its own, as RFC 5246 wants it, so this side cannot send any more then.
 */
final class JdkRecords implements Records {
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private final SSLEngine engine;
  private ByteBuf kept = Unpooled.EMPTY_BUFFER;
  private boolean closed;
  private boolean released;

  /** Takes over an engine whose handshake is done. */
  JdkRecords(SSLEngine engine) {
    this.engine = engine;
  }

  @Override
  public int sealedLength(int plaintext) {
    int records = (plaintext + MAX_PLAINTEXT - 1) / MAX_PLAINTEXT;
    int packet = engine.getSession().getPacketBufferSize();
    // The engine wants room for a whole record before it writes one.
    return plaintext + records * (packet - MAX_PLAINTEXT) + packet;
  }

  @Override
  public void seal(ByteBuf plain, ByteBuf out) throws SSLException {
    ByteBuffer source = plain.nioBuffer();
    while (source.hasRemaining()) {
      SSLEngineResult result = wrap(source, out);
      if (result.getStatus() != Status.OK
          || (result.bytesConsumed() == 0 && result.bytesProduced() == 0)) {
        throw new SSLException("sealing a record failed: " + result.getStatus());
      }
    }
    plain.skipBytes(plain.readableBytes());
  }

  private SSLEngineResult wrap(ByteBuffer source, ByteBuf out) throws SSLException {
    ByteBuffer target = out.nioBuffer(out.writerIndex(), out.writableBytes());
    SSLEngineResult result = engine.wrap(source, target);
    out.writerIndex(out.writerIndex() + result.bytesProduced());
    runTasks(result);
    return result;
  }

  @Override
  public void open(ByteBuf in, ByteBufAllocator alloc, Collection<ByteBuf> opened)
      throws SSLException {
    if (released || inputClosed()) {
      in.release();
      return;
    }
    ByteBuf all = in;
    if (kept.isReadable()) {
      all = kept.writeBytes(in);
      in.release();
    }
    kept = Unpooled.EMPTY_BUFFER;
    try {
      read(all, alloc, opened);
      if (all.isReadable() && !inputClosed()) {
        kept = alloc.buffer(engine.getSession().getPacketBufferSize()).writeBytes(all);
      }
    } finally {
      all.release();
    }
  }

  private void read(ByteBuf all, ByteBufAllocator alloc, Collection<ByteBuf> opened)
      throws SSLException {
    ByteBuffer source = all.nioBuffer();
    int room = engine.getSession().getApplicationBufferSize();
    while (source.hasRemaining()) {
      ByteBuf out = alloc.buffer(Math.max(source.remaining(), room));
      boolean more = true;
      try {
        while (more && out.writableBytes() >= room && source.hasRemaining()) {
          ByteBuffer target = out.nioBuffer(out.writerIndex(), out.writableBytes());
          SSLEngineResult result = engine.unwrap(source, target);
          out.writerIndex(out.writerIndex() + result.bytesProduced());
          runTasks(result);
          if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            throw new SSLException("a record is longer than " + room + " bytes");
          }
          boolean moved = result.bytesConsumed() > 0 || result.bytesProduced() > 0;
          more = result.getStatus() == Status.OK && moved;
        }
      } finally {
        if (out.isReadable()) {
          opened.add(out);
        } else {
          out.release();
        }
      }
      if (!more) {
        break;
      }
    }
    all.skipBytes(all.readableBytes() - source.remaining());
  }

  private void runTasks(SSLEngineResult result) {
    if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
      for (Runnable task = engine.getDelegatedTask();
          task != null;
          task = engine.getDelegatedTask()) {
        task.run();
      }
    }
  }

  @Override
  public boolean inputClosed() {
    return engine.isInboundDone();
  }

  @Override
  public boolean outputOpen() {
    return !closed
        && !released
        && !engine.isOutboundDone()
        && (!engine.isInboundDone()
            || engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING);
  }

  @Override
  public @Nullable ByteBuf pending(ByteBufAllocator alloc) throws SSLException {
    ByteBuf out = null;
    while (!released && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      if (out == null) {
        out = alloc.buffer();
      }
      out.ensureWritable(engine.getSession().getPacketBufferSize());
      SSLEngineResult result = wrap(EMPTY, out);
      if (result.bytesProduced() == 0) {
        break;
      }
    }
    return out;
  }

  @Override
  public ByteBuf close(ByteBufAllocator alloc) throws SSLException {
    ByteBuf out = alloc.buffer(engine.getSession().getPacketBufferSize());
    if (!closed && !released) {
      closed = true;
      engine.closeOutbound();
      if (!engine.isOutboundDone()) {
        wrap(EMPTY, out);
      }
    }
    return out;
  }

  @Override
  public void release() {
    if (!released) {
      released = true;
      kept.release();
    }
  }
}
