package com.github.shiroedev2024.leaf.engine.transport.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Collection;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The record layer of a connection whose handshake is done: the two directions are independent,
 * each ends by its own {@code close_notify} (RFC 8446, section 6.1). Not thread-safe.
 */
interface Records {
  /** The most plaintext in one record, in bytes. */
  int MAX_PLAINTEXT = 16 * 1024;

  /** How many bytes the sealing of so many can take at most. */
  int sealedLength(int plaintext);

  /**
   * Seals all of {@code plain}, whose reader index moves to its end, and appends the records to
   * {@code out}, which has {@link #sealedLength} of room.
   */
  void seal(ByteBuf plain, ByteBuf out) throws SSLException;

  /**
   * Takes ciphertext as it comes, in pieces of any size, and adds what it opens to; what it does
   * not need yet is kept. Releases {@code in}.
   *
   * @param opened for the caller to release, after a failure too
   * @throws SSLException when a record is not authentic, or the peer reports a fault; {@link
   *     #pending} may have the alert that tells the peer
   */
  void open(ByteBuf in, ByteBufAllocator alloc, Collection<ByteBuf> opened) throws SSLException;

  /** Whether the peer has said that it sends no more. */
  boolean inputClosed();

  /**
   * Whether this side can still send. Without having been asked to close, it cannot when the
   * protocol's version or engine answers the peer's end with its own.
   */
  boolean outputOpen();

  /**
   * Appends what the protocol itself has to say: key updates, alerts. Null when there is nothing.
   */
  @Nullable ByteBuf pending(ByteBufAllocator alloc) throws SSLException;

  /** The {@code close_notify} that ends this side's direction; empty when it was said already. */
  ByteBuf close(ByteBufAllocator alloc) throws SSLException;

  /** Lets go of what it holds; nothing may be called after. Idempotent. */
  void release();
}
