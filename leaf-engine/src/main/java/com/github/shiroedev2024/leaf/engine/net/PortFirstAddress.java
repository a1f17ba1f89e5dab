package com.github.shiroedev2024.leaf.engine.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.shiroedev2024.leaf.engine.net.SocksAddress.MalformedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The address form of VMess and VLESS:
 *
 * <pre>
 * +---------+------+----------------------------------+
 * | port    | type | 1: IPv4 (4)                      |
 * | (2, BE) | (1)  | 2: length (1), name (1 to 255)   |
 * |         |      | 3: IPv6 (16)                     |
 * +---------+------+----------------------------------+
 * </pre>
 *
 * It holds the same destinations as a {@link SocksAddress}, see {@link SocksAddress#fits}, in as
 * many bytes, see {@link SocksAddress#length}.
 */
public final class PortFirstAddress {
  private static final int IPV4 = 1;
  private static final int DOMAIN = 2;
  private static final int IPV6 = 3;

  private PortFirstAddress() {}

  /**
   * Appends the address.
   *
   * @throws IllegalArgumentException when it does not {@link SocksAddress#fits fit}
   */
  public static void write(Destination destination, ByteBuf out) {
    if (!SocksAddress.fits(destination)) {
      throw new IllegalArgumentException("the name does not have 1 to 255 bytes");
    }
    out.writeShort(destination.port());
    InetAddress address = destination.address();
    if (address != null) {
      byte[] bytes = address.getAddress();
      out.writeByte(bytes.length == 4 ? IPV4 : IPV6).writeBytes(bytes);
    } else {
      int length = ByteBufUtil.utf8Bytes(destination.host());
      out.writeByte(DOMAIN).writeByte(length);
      ByteBufUtil.reserveAndWriteUtf8(out, destination.host(), length);
    }
  }

  /**
   * Takes one address off the buffer, or nothing: null means that more bytes are needed, and then,
   * as on failure, the reader index has not moved. A name that is an IP literal gives an address.
   */
  public static @Nullable Destination read(ByteBuf in) throws MalformedException {
    int start = in.readerIndex();
    int readable = in.readableBytes();
    if (readable < 3) {
      return null;
    }
    int type = in.getUnsignedByte(start + 2);
    int at = start + 3;
    int length;
    switch (type) {
      case IPV4 -> length = 4;
      case IPV6 -> length = 16;
      case DOMAIN -> {
        if (readable < 4) {
          return null;
        }
        length = in.getUnsignedByte(at);
        at++;
        if (length == 0) {
          throw new MalformedException("an address with an empty name");
        }
      }
      default -> throw new MalformedException("unknown address type " + type);
    }
    if (start + readable < at + length) {
      return null;
    }
    int port = in.getUnsignedShort(start);
    Destination destination;
    if (type == DOMAIN) {
      destination = Destination.of(in.toString(at, length, UTF_8), port);
    } else {
      byte[] bytes = new byte[length];
      in.getBytes(at, bytes);
      destination = Destination.of(bytes, port);
    }
    in.readerIndex(at + length);
    return destination;
  }
}
