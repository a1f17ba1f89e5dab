package com.github.shiroedev2024.leaf.engine.sniff;

import com.github.shiroedev2024.leaf.engine.session.SniffedNames;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions.Option;
import com.github.shiroedev2024.leaf.engine.spi.Sniffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The server name in a TLS client's first message (RFC 6066 section 3; RFC 8446 sections 4.1.2 and
 * 5.1). The message may be cut into several records. Where the client encrypts its real first
 * message (ECH), this is the name of the server in front.
 *
 * <pre>
 * record       type:8 (22) version:16 (3.x) length:16 fragment
 * message      type:8 (1) length:24 body
 * ClientHello  version:16 random:256 session:&lt;8&gt; ciphers:&lt;16&gt; compression:&lt;8&gt; extensions:&lt;16&gt;
 * extension    type:16 data:&lt;16&gt;, of which server_name (0) is list:&lt;16&gt; of type:8 name:&lt;16&gt;
 * </pre>
 */
public final class TlsSniffer implements Sniffer {
  private static final int RECORD_HEADER = 5;
  private static final int HANDSHAKE = 22;

  /** Versions 3.0 to 3.4: SSL 3.0 to TLS 1.3, as far as records tell. */
  private static final int MAJOR_VERSION = 3;

  private static final int MAX_MINOR_VERSION = 4;
  private static final int MAX_FRAGMENT = 1 << 14;
  private static final int MESSAGE_HEADER = 4;

  /** More than any client sends; post-quantum keys make it some 2,000 bytes. */
  private static final int MAX_MESSAGE = 1 << 14;

  private static final int CLIENT_HELLO = 1;
  private static final int VERSION_AND_RANDOM = 2 + 32;
  private static final int SERVER_NAME = 0;
  private static final int HOST_NAME = 0;

  @Override
  public SniffedNames.Origin origin() {
    return SniffedNames.Origin.TLS;
  }

  @Override
  public int port() {
    return 443;
  }

  @Override
  public Option<Boolean> onItsPort() {
    return EngineOptions.TLS_DOMAIN_SNIFFING;
  }

  @Override
  public Option<Boolean> onAllPorts() {
    return EngineOptions.TLS_DOMAIN_SNIFFING_ALL;
  }

  @Override
  public Verdict look(ByteBuf first) {
    int start = first.readerIndex();
    int end = first.writerIndex();
    int wanted = -1;
    int have = 0;
    int records = 0;
    for (int at = start; at < end; ) {
      if (!isRecord(first, at, end)) {
        return Verdict.Nameless.NO;
      }
      if (end - at < RECORD_HEADER) {
        return Verdict.Nameless.MORE;
      }
      int length = first.getUnsignedShort(at + 3);
      if (length == 0 || length > MAX_FRAGMENT) {
        return Verdict.Nameless.NO;
      }
      if (records == 0 && end > at + RECORD_HEADER) {
        if (first.getByte(at + RECORD_HEADER) != CLIENT_HELLO) {
          return Verdict.Nameless.NO;
        }
      }
      have += Math.min(length, end - at - RECORD_HEADER);
      records++;
      at += RECORD_HEADER + length;
      if (wanted < 0 && have >= MESSAGE_HEADER) {
        wanted = messageLength(first, start, records);
        if (wanted > MAX_MESSAGE) {
          return Verdict.Nameless.NO;
        }
      }
      if (wanted >= 0 && have >= wanted) {
        return name(first, start, records, wanted);
      }
    }
    return Verdict.Nameless.MORE;
  }

  /** As far as its header has come. */
  private static boolean isRecord(ByteBuf in, int at, int end) {
    return in.getByte(at) == HANDSHAKE
        && (end - at < 2 || in.getByte(at + 1) == MAJOR_VERSION)
        && (end - at < 3 || in.getUnsignedByte(at + 2) <= MAX_MINOR_VERSION);
  }

  private static int messageLength(ByteBuf in, int start, int records) {
    ByteBuf head = fragments(in, start, records, MESSAGE_HEADER);
    return MESSAGE_HEADER + head.getUnsignedMedium(1);
  }

  private static Verdict name(ByteBuf in, int start, int records, int wanted) {
    try {
      String name = serverName(fragments(in, start, records, wanted));
      return name == null ? Verdict.Nameless.NO : new Verdict.Name(name);
    } catch (IndexOutOfBoundsException malformed) {
      return Verdict.Nameless.NO; // the server will say what is wrong
    }
  }

  /** So many bytes of the message; copied only where records cut it. */
  private static ByteBuf fragments(ByteBuf in, int start, int records, int wanted) {
    if (records == 1) {
      return in.slice(start + RECORD_HEADER, wanted);
    }
    byte[] message = new byte[wanted];
    int done = 0;
    for (int at = start; done < wanted; ) {
      int length = in.getUnsignedShort(at + 3);
      int piece = Math.min(length, wanted - done);
      in.getBytes(at + RECORD_HEADER, message, done, piece);
      done += piece;
      at += RECORD_HEADER + length;
    }
    return Unpooled.wrappedBuffer(message);
  }

  private static @Nullable String serverName(ByteBuf hello) {
    hello.skipBytes(MESSAGE_HEADER + VERSION_AND_RANDOM);
    hello.skipBytes(hello.readUnsignedByte()); // session id
    hello.skipBytes(hello.readUnsignedShort()); // cipher suites
    hello.skipBytes(hello.readUnsignedByte()); // compression methods
    if (!hello.isReadable()) {
      return null; // before extensions there was no name
    }
    ByteBuf extensions = hello.readSlice(hello.readUnsignedShort());
    while (extensions.isReadable()) {
      int type = extensions.readUnsignedShort();
      ByteBuf data = extensions.readSlice(extensions.readUnsignedShort());
      if (type == SERVER_NAME) {
        return hostName(data.readSlice(data.readUnsignedShort()));
      }
    }
    return null;
  }

  private static @Nullable String hostName(ByteBuf list) {
    while (list.isReadable()) {
      int type = list.readUnsignedByte();
      int length = list.readUnsignedShort();
      if (type == HOST_NAME) {
        ByteBuf name = list.readSlice(length);
        return HostName.of(name, name.readerIndex(), length);
      }
      list.skipBytes(length);
    }
    return null;
  }
}
