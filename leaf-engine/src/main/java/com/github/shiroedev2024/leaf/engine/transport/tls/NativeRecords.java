package com.github.shiroedev2024.leaf.engine.transport.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.SSL;
import java.util.Collection;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * BoringSSL's record layer, called directly. Netty's engine answers a peer's {@code close_notify}
 * with its own at once, so that what this side has still to say would be lost; the library itself
 * does not. The engine stays the owner of the native connection; its own network buffer is replaced
 * by one of ours, and its methods are not called any more.
 */
final class NativeRecords implements Records {
  /** Room for what the library says by itself while it reads: alerts, key updates; bytes. */
  private static final int OWN_WORDS = 2048;

  /** The smallest buffer worth reading into; bytes. */
  private static final int LEAST_READ = 1024;

  private final ReferenceCountedOpenSslEngine engine;
  private final long ssl;
  private final long bio;
  private final int overhead;
  private @Nullable ByteBuf scratch;
  private boolean inputClosed;
  private boolean closed;
  private boolean released;

  /** Takes over an engine whose handshake is done, and owns it. */
  NativeRecords(ReferenceCountedOpenSslEngine engine) {
    this.engine = engine;
    this.ssl = engine.sslPointer();
    this.bio = SSL.bioNewByteBuffer(ssl, OWN_WORDS);
    this.overhead = SSL.getMaxWrapOverhead(ssl);
  }

  @Override
  public int sealedLength(int plaintext) {
    int records = (plaintext + MAX_PLAINTEXT - 1) / MAX_PLAINTEXT;
    return plaintext + records * overhead + OWN_WORDS;
  }

  @Override
  public void seal(ByteBuf plain, ByteBuf out) throws SSLException {
    sink(out);
    try {
      while (plain.isReadable()) {
        int length = Math.min(plain.readableBytes(), MAX_PLAINTEXT);
        int written = write(plain, length);
        if (written != length) {
          throw failure("sealing a record", written);
        }
        plain.skipBytes(length);
      }
    } finally {
      unsink(out);
    }
  }

  private int write(ByteBuf plain, int length) {
    if (plain.hasMemoryAddress()) {
      return SSL.writeToSSL(ssl, plain.memoryAddress() + plain.readerIndex(), length);
    }
    ByteBuf direct = scratch(plain.alloc());
    direct.clear().writeBytes(plain, plain.readerIndex(), length);
    return SSL.writeToSSL(ssl, direct.memoryAddress(), length);
  }

  private ByteBuf scratch(ByteBufAllocator alloc) {
    ByteBuf known = scratch;
    if (known == null) {
      known = alloc.directBuffer(MAX_PLAINTEXT, MAX_PLAINTEXT);
      scratch = known;
    }
    return known;
  }

  @Override
  public void open(ByteBuf in, ByteBufAllocator alloc, Collection<ByteBuf> opened)
      throws SSLException {
    ByteBuf direct = in;
    try {
      if (inputClosed || released) {
        return;
      }
      if (!in.hasMemoryAddress()) {
        direct = alloc.directBuffer(in.readableBytes()).writeBytes(in);
      }
      SSL.bioSetByteBuffer(
          bio, direct.memoryAddress() + direct.readerIndex(), direct.readableBytes(), false);
      try {
        read(alloc, opened);
      } finally {
        SSL.bioClearByteBuffer(bio);
      }
    } finally {
      direct.release();
      if (direct != in) {
        in.release();
      }
    }
  }

  /** Until the library wants more than there is. */
  private void read(ByteBufAllocator alloc, Collection<ByteBuf> opened) throws SSLException {
    while (true) {
      // What is left opens to less than it is long, but for a record that was begun before.
      int expected = Math.max(SSL.bioLengthByteBuffer(bio), SSL.sslPending(ssl));
      ByteBuf out = alloc.directBuffer(Math.max(expected, LEAST_READ));
      int read = 1;
      while (read > 0 && out.isWritable()) {
        read = SSL.readFromSSL(ssl, out.memoryAddress() + out.writerIndex(), out.writableBytes());
        out.writerIndex(out.writerIndex() + Math.max(read, 0));
      }
      if (out.isReadable()) {
        opened.add(out);
      } else {
        out.release();
      }
      if (read > 0) {
        continue;
      }
      int error = SSL.getError(ssl, read);
      if (error == SSL.SSL_ERROR_ZERO_RETURN) {
        inputClosed = true;
      } else if (error != SSL.SSL_ERROR_WANT_READ) {
        throw failure("opening a record", read);
      }
      return;
    }
  }

  private SSLException failure(String what, int result) {
    int error = SSL.getLastErrorNumber();
    String text = error == 0 ? "code " + SSL.getError(ssl, result) : SSL.getErrorString(error);
    SSL.clearError();
    return new SSLException(what + " failed: " + text);
  }

  @Override
  public boolean inputClosed() {
    return inputClosed;
  }

  @Override
  public boolean outputOpen() {
    return !closed && !released;
  }

  @Override
  public @Nullable ByteBuf pending(ByteBufAllocator alloc) {
    if (released || SSL.bioLengthNonApplication(bio) <= 0) {
      return null;
    }
    ByteBuf out = alloc.directBuffer(OWN_WORDS);
    sink(out);
    unsink(out);
    return out;
  }

  @Override
  public ByteBuf close(ByteBufAllocator alloc) {
    ByteBuf out = alloc.directBuffer(OWN_WORDS);
    if (outputOpen()) {
      closed = true;
      sink(out);
      try {
        if (SSL.shutdownSSL(ssl) < 0) {
          SSL.clearError();
        }
      } finally {
        unsink(out);
      }
    }
    return out;
  }

  /** The library writes to the buffer from here on; what it has kept first. */
  private void sink(ByteBuf out) {
    SSL.bioSetByteBuffer(bio, out.memoryAddress() + out.writerIndex(), out.writableBytes(), true);
    SSL.bioFlushByteBuffer(bio);
  }

  private void unsink(ByteBuf out) {
    out.writerIndex(out.capacity() - SSL.bioLengthByteBuffer(bio));
    SSL.bioClearByteBuffer(bio);
  }

  @Override
  public void release() {
    if (!released) {
      released = true;
      if (scratch != null) {
        scratch.release();
      }
      engine.release();
    }
  }
}
