package com.github.shiroedev2024.leaf.engine.transport.tls;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Reads what a server must know of a client's first message before its engine does. */
final class ClientHello {
  private static final int RECORD_HEADER = 5;
  private static final int HANDSHAKE_HEADER = 4;
  private static final int CLIENT_HELLO = 1;
  private static final int VERSION_AND_RANDOM = 2 + 32;
  private static final int ALPN = 16;

  private ClientHello() {}

  /**
   * The application protocols that it offers (RFC 7301, section 3.1), in order. Empty when it
   * offers none, when it does not lie in this record as a whole, and when it is malformed, which is
   * for the engine to refuse.
   *
   * @param record the first record, from the reader index on; the index does not move
   */
  static List<String> protocols(ByteBuf record) {
    try {
      return extension(record.slice());
    } catch (IndexOutOfBoundsException e) {
      return List.of();
    }
  }

  private static List<String> extension(ByteBuf in) {
    in.skipBytes(RECORD_HEADER);
    if (in.readableBytes() < HANDSHAKE_HEADER || in.getByte(in.readerIndex()) != CLIENT_HELLO) {
      return List.of();
    }
    in.skipBytes(HANDSHAKE_HEADER + VERSION_AND_RANDOM);
    in.skipBytes(in.readUnsignedByte()); // session id
    in.skipBytes(in.readUnsignedShort()); // cipher suites
    in.skipBytes(in.readUnsignedByte()); // compression methods
    ByteBuf extensions = in.readSlice(in.readUnsignedShort());
    while (extensions.isReadable()) {
      int type = extensions.readUnsignedShort();
      ByteBuf content = extensions.readSlice(extensions.readUnsignedShort());
      if (type == ALPN) {
        return names(content.readSlice(content.readUnsignedShort()));
      }
    }
    return List.of();
  }

  private static List<String> names(ByteBuf list) {
    List<String> names = new ArrayList<>();
    while (list.isReadable()) {
      names.add(list.readCharSequence(list.readUnsignedByte(), UTF_8).toString());
    }
    return names;
  }
}
