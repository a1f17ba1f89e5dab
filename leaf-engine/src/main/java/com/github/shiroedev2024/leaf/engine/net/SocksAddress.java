package com.github.shiroedev2024.leaf.engine.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The address form of SOCKS5 (RFC 1928 section 5), which Shadowsocks and Trojan share:
 *
 * <pre>
 * +------+----------------------------------+---------+
 * | type | 1: IPv4 (4)                      | port    |
 * | (1)  | 3: length (1), name (1 to 255)   | (2, BE) |
 * |      | 4: IPv6 (16)                     |         |
 * +------+----------------------------------+---------+
 * </pre>
 *
 * A name is sent as it was given, in UTF-8: neither lower-cased nor turned into punycode.
 */
public final class SocksAddress {
  /** The longest name that fits, in bytes. */
  public static final int MAX_NAME_BYTES = 255;

  /** The most bytes an encoded address takes. */
  public static final int MAX_BYTES = 1 + 1 + MAX_NAME_BYTES + 2;

  private static final int IPV4 = 1;
  private static final int DOMAIN = 3;
  private static final int IPV6 = 4;

  private SocksAddress() {}

  /** Bytes that are no address of this form. */
  public static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    public MalformedException(String message) {
      super(message, null, false, false);
    }
  }

  /** Whether this form can hold the destination: its name is neither empty nor too long. */
  public static boolean fits(Destination destination) {
    return !destination.isDomain()
        || (!destination.host().isEmpty()
            && ByteBufUtil.utf8Bytes(destination.host()) <= MAX_NAME_BYTES);
  }

  /** How many bytes {@link #write} will write. */
  public static int length(Destination destination) {
    InetAddress address = destination.address();
    if (address != null) {
      return 1 + address.getAddress().length + 2;
    }
    return 1 + 1 + ByteBufUtil.utf8Bytes(destination.host()) + 2;
  }

  /**
   * Appends the address.
   *
   * @throws IllegalArgumentException when it does not {@link #fits fit}
   */
  public static void write(Destination destination, ByteBuf out) {
    InetAddress address = destination.address();
    if (address != null) {
      byte[] bytes = address.getAddress();
      out.writeByte(bytes.length == 4 ? IPV4 : IPV6).writeBytes(bytes);
    } else {
      int length = ByteBufUtil.utf8Bytes(destination.host());
      if (length == 0 || length > MAX_NAME_BYTES) {
        throw new IllegalArgumentException(
            "a name of " + length + " bytes does not fit an address of 1 to 255 bytes");
      }
      out.writeByte(DOMAIN).writeByte(length);
      ByteBufUtil.reserveAndWriteUtf8(out, destination.host(), length);
    }
    out.writeShort(destination.port());
  }

  /**
   * Takes one address off the buffer, or nothing: null means that more bytes are needed, and then,
   * as on failure, the reader index has not moved. A name that is an IP literal gives an address.
   */
  public static @Nullable Destination read(ByteBuf in) throws MalformedException {
    int readable = in.readableBytes();
    if (readable < 1) {
      return null;
    }
    int at = in.readerIndex();
    int type = in.getUnsignedByte(at);
    int host;
    int length;
    switch (type) {
      case IPV4 -> {
        host = at + 1;
        length = 4;
      }
      case IPV6 -> {
        host = at + 1;
        length = 16;
      }
      case DOMAIN -> {
        if (readable < 2) {
          return null;
        }
        host = at + 2;
        length = in.getUnsignedByte(at + 1);
        if (length == 0) {
          throw new MalformedException("an address with an empty name");
        }
      }
      default -> throw new MalformedException("unknown address type " + type);
    }
    int end = host + length + 2;
    if (readable < end - at) {
      return null;
    }
    int port = in.getUnsignedShort(host + length);
    Destination destination;
    if (type == DOMAIN) {
      destination = Destination.of(in.toString(host, length, UTF_8), port);
    } else {
      byte[] bytes = new byte[length];
      in.getBytes(host, bytes);
      destination = Destination.of(bytes, port);
    }
    in.readerIndex(end);
    return destination;
  }
}
