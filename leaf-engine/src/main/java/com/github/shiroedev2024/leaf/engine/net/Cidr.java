package com.github.shiroedev2024.leaf.engine.net;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A block of IPv4 or IPv6 addresses. Host bits are cleared when it is made; {@link #normalised}
 * tells whether there were any.
 */
public final class Cidr {
  private final byte[] network;
  private final int prefix;
  private final boolean normalised;

  private Cidr(byte[] network, int prefix, boolean normalised) {
    this.network = network;
    this.prefix = prefix;
    this.normalised = normalised;
  }

  /**
   * Reads {@code 10.0.0.0/8}, {@code fd00::/8} or a bare address.
   *
   * @throws IllegalArgumentException with a message for people when the text is neither
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String ip = slash < 0 ? text : text.substring(0, slash);
    byte[] bytes = ip.isEmpty() ? null : NetUtil.createByteArrayFromIpAddressString(ip);
    if (bytes == null) {
      throw new IllegalArgumentException("'" + ip + "' is not an IP address");
    }
    int bits = bytes.length * 8;
    int prefix = bits;
    if (slash >= 0) {
      String digits = text.substring(slash + 1);
      if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(Character::isDigit)) {
        throw new IllegalArgumentException("'" + digits + "' is not a prefix length");
      }
      prefix = Integer.parseInt(digits);
      if (prefix > bits) {
        throw new IllegalArgumentException(
            "prefix length " + prefix + " is more than the " + bits + " bits of the address");
      }
    }
    byte[] masked = bytes.clone();
    for (int i = 0; i < masked.length; i++) {
      int keep = Math.clamp(prefix - i * 8L, 0, 8);
      masked[i] &= (byte) (0xff00 >> keep);
    }
    return new Cidr(masked, prefix, !Arrays.equals(masked, bytes));
  }

  /** Whether the address lies in this block; never true across address families. */
  public boolean contains(InetAddress address) {
    byte[] other = address.getAddress();
    if (other.length != network.length) {
      return false;
    }
    int whole = prefix / 8;
    for (int i = 0; i < whole; i++) {
      if (other[i] != network[i]) {
        return false;
      }
    }
    int rest = prefix % 8;
    return rest == 0 || ((other[whole] ^ network[whole]) & (0xff00 >> rest) & 0xff) == 0;
  }

  /** The first address of the block, 4 or 16 bytes. */
  public byte[] network() {
    return network.clone();
  }

  /** How many leading bits the addresses of the block have in common. */
  public int prefix() {
    return prefix;
  }

  /** True when the text had host bits set that were cleared. */
  public boolean normalised() {
    return normalised;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Cidr c && c.prefix == prefix && Arrays.equals(c.network, network);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(network) + prefix;
  }

  @Override
  public String toString() {
    try {
      return NetUtil.toAddressString(InetAddress.getByAddress(network)) + "/" + prefix;
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
