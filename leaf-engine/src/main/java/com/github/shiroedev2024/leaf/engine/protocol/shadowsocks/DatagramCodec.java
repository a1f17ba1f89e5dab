package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import javax.crypto.AEADBadTagException;

/** Datagrams to and from sealed ones. Used by one thread. */
interface DatagramCodec {
  /** The largest payload of a UDP datagram over IPv4, in bytes (RFC 768, RFC 791). */
  int MAX_DATAGRAM = 65_507;

  /**
   * Seals one datagram; reads its content, and leaves it to the caller to release.
   *
   * @param peer where it goes, or where it came from
   * @throws BadHeaderException when it cannot be sealed into one
   */
  ByteBuf seal(ByteBufAllocator alloc, Destination peer, ByteBuf content) throws BadHeaderException;

  /**
   * Opens one datagram; the caller releases what was received.
   *
   * @throws AEADBadTagException when it is not authentic
   * @throws BadHeaderException when it must not be believed
   */
  Datagram open(ByteBufAllocator alloc, ByteBuf received)
      throws AEADBadTagException, BadHeaderException;

  /** Refuses a peer whose name does not fit. */
  static void checkName(Destination peer) throws BadHeaderException {
    if (!SocksAddress.fits(peer)) {
      throw new BadHeaderException("the name does not have 1 to 255 bytes");
    }
  }

  /** Refuses what UDP cannot carry. */
  static void checkSize(int size) throws BadHeaderException {
    if (size > MAX_DATAGRAM) {
      throw new BadHeaderException("sealed it would take " + size + " bytes, more than UDP has");
    }
  }

  /** Reads an address and what follows as a datagram. */
  static Datagram read(ByteBufAllocator alloc, ByteBuf plain) throws BadHeaderException {
    Destination source;
    try {
      source = SocksAddress.read(plain);
    } catch (SocksAddress.MalformedException e) {
      throw new BadHeaderException(String.valueOf(e.getMessage()));
    }
    if (source == null) {
      throw new BadHeaderException("it ends within the address");
    }
    int length = plain.readableBytes();
    return new Datagram(source, alloc.directBuffer(length, length).writeBytes(plain));
  }
}
