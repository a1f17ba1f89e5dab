package com.github.shiroedev2024.leaf.engine.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The address form that VMess and VLESS share:
 *
 * <pre>
 * +---------+------+----------------------------------+
 * | port    | type | 1: IPv4 (4)                      |
 * | (2, BE) | (1)  | 2: length (1), name (1 to 255)   |
 * |         |      | 3: IPv6 (16)                     |
 * +---------+------+----------------------------------+
 * </pre>
 *
 * A name is sent as it was given, in UTF-8.
 */
public final class PortFirstAddress {
  private static final int IPV4 = 1;
  private static final int DOMAIN = 2;
  private static final int IPV6 = 3;

  private PortFirstAddress() {}

  /** Whether this form can hold the destination: its name is neither empty nor too long. */
  public static boolean fits(Destination destination) {
    return SocksAddress.fits(destination); // the same bounds
  }

  /** How many bytes {@link #write} will write. */
  public static int length(Destination destination) {
    return SocksAddress.length(destination); // the same parts in another order
  }

  /**
   * Appends the address.
   *
   * @throws IllegalArgumentException when it does not {@link #fits fit}
   */
  public static void write(Destination destination, ByteBuf out) {
    InetAddress address = destination.address();
    out.writeShort(destination.port());
    if (address != null) {
      byte[] bytes = address.getAddress();
      out.writeByte(bytes.length == 4 ? IPV4 : IPV6).writeBytes(bytes);
      return;
    }
    int length = ByteBufUtil.utf8Bytes(destination.host());
    if (length == 0 || length > SocksAddress.MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "a name of " + length + " bytes does not fit an address of 1 to 255 bytes");
    }
    out.writeByte(DOMAIN).writeByte(length);
    ByteBufUtil.reserveAndWriteUtf8(out, destination.host(), length);
  }

  /**
   * Takes one address off the buffer, or nothing: null means that more bytes are needed, and then,
   * as on failure, the reader index has not moved. A name that is an IP literal gives an address.
   */
  public static @Nullable Destination read(ByteBuf in) throws SocksAddress.MalformedException {
    if (in.readableBytes() < 4) {
      return null;
    }
    int at = in.readerIndex();
    int type = in.getUnsignedByte(at + 2);
    int host = type == DOMAIN ? at + 4 : at + 3;
    int length =
        switch (type) {
          case IPV4 -> 4;
          case IPV6 -> 16;
          case DOMAIN -> in.getUnsignedByte(at + 3);
          default -> throw new SocksAddress.MalformedException("unknown address type " + type);
        };
    if (length == 0) {
      throw new SocksAddress.MalformedException("an address with an empty name");
    }
    if (in.writerIndex() < host + length) {
      return null;
    }
    int port = in.getUnsignedShort(at);
    Destination destination;
    if (type == DOMAIN) {
      destination = Destination.of(in.toString(host, length, UTF_8), port);
    } else {
      byte[] bytes = new byte[length];
      in.getBytes(host, bytes);
      destination = Destination.of(bytes, port);
    }
    in.readerIndex(host + length);
    return destination;
  }
}
