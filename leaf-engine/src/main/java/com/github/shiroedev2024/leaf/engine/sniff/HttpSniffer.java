package com.github.shiroedev2024.leaf.engine.sniff;

import com.github.shiroedev2024.leaf.engine.session.SniffedNames;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions.Option;
import com.github.shiroedev2024.leaf.engine.spi.Sniffer;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;

/**
 * The host in the first request of HTTP/1 (RFC 9112 section 3.2): of its target when that is a
 * whole URL, else of its {@code Host} field, with or without a port. What asks a proxy for a tunnel
 * ({@code CONNECT}) names another server than the one that is connected to, so that counts for
 * nothing; nor do the first bytes of HTTP/2, which carry no name.
 */
public final class HttpSniffer implements Sniffer {
  /** The longest that is registered has 17 letters. */
  private static final int MAX_METHOD = 20;

  private static final int NONE = -1;
  private static final AsciiString VERSION = AsciiString.cached("http/1.");
  private static final AsciiString HOST = AsciiString.cached("host");
  private static final AsciiString CONNECT = AsciiString.cached("connect");
  private static final AsciiString SCHEME = AsciiString.cached("http://");
  private static final AsciiString SECURE_SCHEME = AsciiString.cached("https://");

  @Override
  public SniffedNames.Origin origin() {
    return SniffedNames.Origin.HTTP;
  }

  @Override
  public int port() {
    return 80;
  }

  @Override
  public Option<Boolean> onItsPort() {
    return EngineOptions.HTTP_DOMAIN_SNIFFING;
  }

  @Override
  public Option<Boolean> onAllPorts() {
    return EngineOptions.HTTP_DOMAIN_SNIFFING_ALL;
  }

  @Override
  public Verdict look(ByteBuf first) {
    int start = first.readerIndex();
    int end = first.writerIndex();
    int space = start;
    while (space < end && isMethodLetter(first.getByte(space))) {
      space++;
    }
    if (space - start > MAX_METHOD) {
      return Verdict.Nameless.NO;
    }
    if (space == end) {
      return Verdict.Nameless.MORE;
    }
    if (space == start
        || first.getByte(space) != ' '
        || (space - start == CONNECT.length() && is(first, start, space, CONNECT))) {
      return Verdict.Nameless.NO;
    }
    int feed = lineEnd(first, space, end);
    if (!isText(first, space, feed == NONE ? end : feed)) {
      return Verdict.Nameless.NO;
    }
    if (feed == NONE) {
      return Verdict.Nameless.MORE;
    }
    int target = space + 1;
    int targetEnd = first.indexOf(target, feed, (byte) ' ');
    if (targetEnd < 0 || !isVersion(first, targetEnd + 1, trimmed(first, targetEnd + 1, feed))) {
      return Verdict.Nameless.NO;
    }
    for (AsciiString scheme : new AsciiString[] {SCHEME, SECURE_SCHEME}) {
      if (is(first, target, targetEnd, scheme)) {
        return ofUrl(first, target + scheme.length(), targetEnd);
      }
    }
    return ofFields(first, feed + 1, end);
  }

  private static Verdict ofUrl(ByteBuf in, int from, int end) {
    int to = from;
    int authority = from;
    while (to < end && "/?#".indexOf(in.getByte(to)) < 0) {
      if (in.getByte(to) == '@') {
        authority = to + 1;
      }
      to++;
    }
    return ofHost(in, authority, to);
  }

  private static Verdict ofFields(ByteBuf in, int from, int end) {
    for (int at = from; ; ) {
      int feed = lineEnd(in, at, end);
      if (feed == NONE) {
        return Verdict.Nameless.MORE;
      }
      int lineEnd = trimmed(in, at, feed);
      if (lineEnd == at) {
        return Verdict.Nameless.NO; // the fields are over
      }
      if (is(in, at, lineEnd, HOST)
          && at + HOST.length() < lineEnd
          && in.getByte(at + HOST.length()) == ':') {
        int value = at + HOST.length() + 1;
        while (value < lineEnd && isBlank(in.getByte(value))) {
          value++;
        }
        return ofHost(in, value, lineEnd);
      }
      at = feed + 1;
    }
  }

  /** A name with or without a port. An IPv6 address is in brackets, which no name has. */
  private static Verdict ofHost(ByteBuf in, int from, int end) {
    int colon = in.indexOf(from, end, (byte) ':');
    int to = colon < 0 ? end : colon;
    for (int i = to + 1; i < end; i++) {
      if (in.getByte(i) < '0' || in.getByte(i) > '9') {
        return Verdict.Nameless.NO;
      }
    }
    String name = HostName.of(in, from, to - from);
    return name == null ? Verdict.Nameless.NO : new Verdict.Name(name);
  }

  private static int lineEnd(ByteBuf in, int from, int end) {
    return from >= end ? NONE : in.indexOf(from, end, (byte) '\n');
  }

  /** Where a line ends without blanks and the carriage return, which some leave out. */
  private static int trimmed(ByteBuf in, int from, int feed) {
    int end = feed;
    if (end > from && in.getByte(end - 1) == '\r') {
      end--;
    }
    while (end > from && isBlank(in.getByte(end - 1))) {
      end--;
    }
    return end;
  }

  private static boolean isVersion(ByteBuf in, int from, int end) {
    return end - from == VERSION.length() + 1
        && is(in, from, end, VERSION)
        && (in.getByte(end - 1) == '0' || in.getByte(end - 1) == '1');
  }

  /** Whether these bytes begin like the text, which is in lower case, whatever their own case. */
  private static boolean is(ByteBuf in, int from, int end, AsciiString text) {
    if (end - from < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (AsciiString.toLowerCase((char) in.getUnsignedByte(from + i)) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether this part of a first line could be of HTTP. */
  private static boolean isText(ByteBuf in, int from, int end) {
    return in.forEachByte(from, end - from, b -> b >= ' ' || b < 0 || b == '\r') < 0;
  }

  private static boolean isMethodLetter(byte b) {
    return (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z') || b == '-' || b == '_';
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }
}
