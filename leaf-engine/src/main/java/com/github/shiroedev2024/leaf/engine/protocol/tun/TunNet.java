package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.net.Cidr;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * The device's address in one family.
 *
 * @param prefix of its subnet; bits
 * @param peer another address of the subnet, which nobody has: in its name our own socket is spoken
 *     to
 */
record TunNet(InetAddress address, int prefix, InetAddress peer) {
  TunNet {
    if (!fit(address, prefix, peer)) {
      throw new IllegalArgumentException(
          NetUtil.toAddressString(peer) + " is not another address of " + subnet(address, prefix));
    }
  }

  /** Whether the peer is another address of the same subnet. */
  static boolean fit(InetAddress address, int prefix, InetAddress peer) {
    return !peer.equals(address) && subnet(address, prefix).contains(peer);
  }

  /**
   * With a neighbour of the address as the peer.
   *
   * @throws IllegalArgumentException when the subnet has no other address
   */
  static TunNet of(InetAddress address, int prefix) {
    byte[] bytes = address.getAddress();
    if (prefix >= bytes.length * 8) {
      throw new IllegalArgumentException(
          "a subnet of one address is too small, it takes a second one; use /"
              + (bytes.length * 8 - 2)
              + " or a shorter prefix");
    }
    // The neighbour whose last bit differs lies in any subnet of two or more; in an IPv4 one of
    // four or more, it must not be the first or the last.
    byte[] peer = bytes.clone();
    int last = peer.length - 1;
    peer[last] ^= 1;
    if (bytes.length == 4 && prefix < 31 && edge(peer, prefix)) {
      peer[last] = (byte) (bytes[last] ^ 3);
    }
    try {
      return new TunNet(address, prefix, InetAddress.getByAddress(peer));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean edge(byte[] address, int prefix) {
    int value = toInt(address);
    int host = prefix == 0 ? -1 : ~(-1 << (32 - prefix));
    return (value & host) == 0 || (value & host) == host;
  }

  private static int toInt(byte[] b) {
    return (b[0] & 0xff) << 24 | (b[1] & 0xff) << 16 | (b[2] & 0xff) << 8 | (b[3] & 0xff);
  }

  boolean six() {
    return address instanceof Inet6Address;
  }

  private static Cidr subnet(InetAddress address, int prefix) {
    return Cidr.parse(NetUtil.toAddressString(address) + "/" + prefix);
  }

  /** The first 64 bits that all addresses of the subnet share, as a mask. */
  long maskHigh() {
    return six() ? mask(Math.min(prefix, 64)) : 0;
  }

  /** As {@link #maskHigh} for the low 64 bits; an IPv4 address has 32. */
  long maskLow() {
    return six() ? mask(Math.max(0, prefix - 64)) : mask(prefix) >>> 32;
  }

  private static long mask(int bits) {
    return bits == 0 ? 0 : -1L << (64 - bits);
  }
}
