package com.github.shiroedev2024.leaf.engine.protocol.socks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for, and how to read what it sends. Each reader takes one whole message from
 * the buffer, or takes nothing while part of it is missing.
 *
 * @param version 4 or 5
 * @param command {@link #CONNECT}, {@link #BIND}, {@link #ASSOCIATE} or something unknown
 */
record SocksRequest(int version, int command, Destination destination) {
  static final int CONNECT = 1;
  static final int BIND = 2;
  static final int ASSOCIATE = 3;

  /** No login. */
  static final int METHOD_NONE = 0;

  /** Login by name and password. */
  static final int METHOD_PASSWORD = 2;

  /** None of the client's methods will do. */
  static final int METHOD_NO_MATCH = 0xff;

  static final int INCOMPLETE = -1;

  /** A SOCKS4 client may name its user and destination in this many bytes each. */
  private static final int MAX_TEXT = 255;

  /** A name and password, see RFC 1929. */
  static final class Login {
    private final String username;
    private final byte[] password;

    Login(String username, byte[] password) {
      this.username = username;
      this.password = password;
    }

    String username() {
      return username;
    }

    byte[] password() {
      return password;
    }
  }

  /**
   * Reads a SOCKS5 greeting.
   *
   * @return a bit for each of the methods 0 to 31 that the client offers, or {@link #INCOMPLETE}
   */
  static int greeting(ByteBuf in) {
    int start = in.readerIndex();
    if (in.readableBytes() < 2 || in.readableBytes() < 2 + in.getUnsignedByte(start + 1)) {
      return INCOMPLETE;
    }
    int count = in.getUnsignedByte(start + 1);
    int methods = 0;
    for (int i = 0; i < count; i++) {
      int method = in.getUnsignedByte(start + 2 + i);
      if (method < 31) {
        methods |= 1 << method;
      }
    }
    in.skipBytes(2 + count);
    return methods;
  }

  /** Reads a login, or answers null while part of it is missing. */
  static @Nullable Login login(ByteBuf in) {
    int start = in.readerIndex();
    if (in.isReadable() && in.getByte(start) != 1) {
      throw new SocksFormatException("login version " + in.getUnsignedByte(start) + " is not 1");
    }
    int readable = in.readableBytes();
    if (readable < 2) {
      return null;
    }
    int nameLength = in.getUnsignedByte(start + 1);
    if (readable < 3 + nameLength) {
      return null;
    }
    int passwordLength = in.getUnsignedByte(start + 2 + nameLength);
    if (readable < 3 + nameLength + passwordLength) {
      return null;
    }
    String name = in.toString(start + 2, nameLength, StandardCharsets.UTF_8);
    byte[] password = new byte[passwordLength];
    in.getBytes(start + 3 + nameLength, password);
    in.skipBytes(3 + nameLength + passwordLength);
    return new Login(name, password);
  }

  /** Reads a SOCKS5 request, or answers null while part of it is missing. */
  static @Nullable SocksRequest version5(ByteBuf in) {
    int start = in.readerIndex();
    if (in.isReadable() && in.getByte(start) != 5) {
      throw new SocksFormatException(
          "version " + in.getUnsignedByte(start) + " in a SOCKS5 request");
    }
    if (in.readableBytes() < 5) {
      return null;
    }
    int type = in.getUnsignedByte(start + 3);
    if (type != 1 && type != 3 && type != 4) {
      throw new SocksFormatException(
          "address type " + type + " is unknown", SocksReply.ADDRESS_NOT_SUPPORTED);
    }
    int command = in.getUnsignedByte(start + 1);
    in.skipBytes(3);
    Destination destination = address(in);
    if (destination == null) {
      in.readerIndex(start);
      return null;
    }
    return new SocksRequest(5, command, destination);
  }

  /**
   * Reads an address that is safe to look up and to write to a log, or answers null while part of
   * it is missing.
   */
  static @Nullable Destination address(ByteBuf in) {
    Destination destination;
    try {
      destination = SocksAddress.read(in);
    } catch (SocksAddress.MalformedException e) {
      throw new SocksFormatException(String.valueOf(e.getMessage()));
    }
    return destination == null ? null : checked(destination);
  }

  private static Destination checked(Destination destination) {
    String host = destination.host();
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c <= ' ' || c == 0x7f) {
        throw new SocksFormatException("the domain name holds the character " + (int) c);
      }
    }
    return destination;
  }

  /** Reads a SOCKS4 or 4a request, or answers null while part of it is missing. */
  static @Nullable SocksRequest version4(ByteBuf in) {
    int start = in.readerIndex();
    if (in.readableBytes() < 9) {
      return null;
    }
    int userId = start + 8;
    int afterUserId = text(in, userId, "user id");
    if (afterUserId == INCOMPLETE) {
      return null;
    }
    int command = in.getUnsignedByte(start + 1);
    int port = in.getUnsignedShort(start + 2);
    int ip = in.getInt(start + 4);
    if ((ip & 0xffffff00) != 0 || ip == 0) {
      byte[] address = new byte[4];
      in.getBytes(start + 4, address);
      in.readerIndex(afterUserId);
      return new SocksRequest(4, command, Destination.of(address, port));
    }
    int end = text(in, afterUserId, "domain name");
    if (end == INCOMPLETE) {
      return null;
    }
    if (end - 1 == afterUserId) {
      throw new SocksFormatException("the domain name is empty");
    }
    String name = in.toString(afterUserId, end - 1 - afterUserId, StandardCharsets.UTF_8);
    in.readerIndex(end);
    return new SocksRequest(4, command, checked(Destination.of(name, port)));
  }

  /** The index behind the zero byte that ends a text, or {@link #INCOMPLETE}. */
  private static int text(ByteBuf in, int from, String what) {
    int limit = Math.min(in.writerIndex(), from + MAX_TEXT + 1);
    for (int i = from; i < limit; i++) {
      if (in.getByte(i) == 0) {
        return i + 1;
      }
    }
    if (limit == from + MAX_TEXT + 1) {
      throw new SocksFormatException("the " + what + " is longer than " + MAX_TEXT + " bytes");
    }
    return INCOMPLETE;
  }
}
