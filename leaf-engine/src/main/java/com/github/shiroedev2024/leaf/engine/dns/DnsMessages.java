package com.github.shiroedev2024.leaf.engine.dns;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The DNS wire format (RFC 1035 section 4), as far as asking for addresses needs it.
 *
 * <pre>
 * header    id:16 flags:16 questions:16 answers:16 authorities:16 additionals:16
 * question  name type:16 class:16
 * record    name type:16 class:16 ttl:32 length:16 data
 * name      (length:8 label)* 0, or ending in a pointer 11 offset:14
 * </pre>
 */
final class DnsMessages {
  /** What we accept over UDP: fits every usual path unfragmented (RFC 9715). */
  static final int UDP_PAYLOAD = 1232;

  private static final int FLAG_RESPONSE = 0x8000;
  private static final int FLAG_TRUNCATED = 0x0200;
  private static final int FLAG_RECURSION_DESIRED = 0x0100;
  private static final int OPCODE_MASK = 0x7800;
  private static final int RCODE_MASK = 0x000f;
  private static final int FORMAT_ERROR = 1;
  private static final int NAME_ERROR = 3;
  private static final int NOT_IMPLEMENTED = 4;
  private static final int TYPE_CNAME = 5;
  private static final int TYPE_SOA = 6;
  private static final int TYPE_OPT = 41;
  private static final int CLASS_IN = 1;

  /** Aliases followed within one answer. */
  private static final int MAX_ALIASES = 16;

  private static final long MAX_TTL = Duration.ofDays(1).toSeconds();

  /** RFC 2308 wants negative answers kept for a bounded time; names do come into being. */
  private static final long MAX_NEGATIVE_TTL = 60;

  /** For negative answers that do not say how long they hold. */
  private static final long UNKNOWN_NEGATIVE_TTL = 5;

  private static final String[] RCODES = {
    "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"
  };

  private DnsMessages() {}

  /** Appends a query; with EDNS it offers {@link #UDP_PAYLOAD} bytes (RFC 6891). */
  static void writeQuery(ByteBuf out, int id, Question question, boolean edns) {
    out.writeShort(id);
    out.writeShort(FLAG_RECURSION_DESIRED);
    out.writeShort(1);
    out.writeShort(0);
    out.writeShort(0);
    out.writeShort(edns ? 1 : 0);
    writeName(out, question.name());
    out.writeShort(question.type().code());
    out.writeShort(CLASS_IN);
    if (edns) {
      out.writeByte(0);
      out.writeShort(TYPE_OPT);
      out.writeShort(UDP_PAYLOAD);
      out.writeInt(0);
      out.writeShort(0);
    }
  }

  /** Appends a name that {@link Question#normal} gave. */
  static void writeName(ByteBuf out, String name) {
    for (int from = 0; from < name.length(); ) {
      int dot = name.indexOf('.', from);
      int to = dot < 0 ? name.length() : dot;
      out.writeByte(to - from);
      out.writeCharSequence(name.substring(from, to), StandardCharsets.US_ASCII);
      from = to + 1;
    }
    out.writeByte(0);
  }

  /**
   * Reads a message from its reader index to its end.
   *
   * @return null when it is not an answer to this query: forged, late, or not DNS at all
   */
  static @Nullable Answer readAnswer(ByteBuf in, int id, Question question) {
    try {
      return new Reader(in).answer(id, question);
    } catch (Malformed e) {
      return null;
    }
  }

  /** Reads an answer whose question is not known; see {@link PassingAnswer#read}. */
  static @Nullable PassingAnswer readPassing(ByteBuf in) {
    try {
      return new Reader(in).passing();
    } catch (Malformed e) {
      return null;
    }
  }

  private static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed() {
      super(null, null, false, false);
    }
  }

  private record Address(String owner, InetAddress address, long ttl) {}

  private record Alias(String target, long ttl) {}

  private static final class Reader {
    private final ByteBuf in;
    private final int start;
    private int at;

    Reader(ByteBuf in) {
      this.in = in;
      this.start = in.readerIndex();
      this.at = start;
    }

    @Nullable Answer answer(int id, Question question) throws Malformed {
      int gotId = u16();
      int flags = u16();
      int questions = u16();
      int answers = u16();
      int authorities = u16();
      skip(2);
      if (gotId != id || (flags & FLAG_RESPONSE) == 0 || (flags & OPCODE_MASK) != 0) {
        return null;
      }
      int rcode = flags & RCODE_MASK;
      if (questions == 0 && (rcode == FORMAT_ERROR || rcode == NOT_IMPLEMENTED)) {
        return new Answer.NotUnderstood(text(rcode)); // some servers answer with the header alone
      }
      if (questions != 1
          || !name().equals(question.name())
          || u16() != question.type().code()
          || u16() != CLASS_IN) {
        return null;
      }
      if ((flags & FLAG_TRUNCATED) != 0) {
        return new Answer.Truncated();
      }
      return switch (rcode) {
        case 0, NAME_ERROR -> records(question, answers, authorities, rcode == 0);
        case FORMAT_ERROR, NOT_IMPLEMENTED -> new Answer.NotUnderstood(text(rcode));
        default -> new Answer.Failed(text(rcode), false);
      };
    }

    @Nullable PassingAnswer passing() throws Malformed {
      skip(2);
      int flags = u16();
      int questions = u16();
      int answers = u16();
      skip(4);
      int decisive = FLAG_RESPONSE | OPCODE_MASK | FLAG_TRUNCATED | RCODE_MASK;
      if ((flags & decisive) != FLAG_RESPONSE || questions != 1 || answers == 0) {
        return null;
      }
      String name = name();
      RecordType type = RecordType.of(u16());
      if (type == null || u16() != CLASS_IN) {
        return null;
      }
      Answer answer = records(new Question(name, type), answers, 0, true);
      return answer instanceof Answer.Found found
          ? new PassingAnswer(name, found.addresses())
          : null;
    }

    private Answer records(Question question, int answers, int authorities, boolean exists)
        throws Malformed {
      Map<String, Alias> aliases = new HashMap<>();
      List<Address> addresses = new ArrayList<>();
      long negative = UNKNOWN_NEGATIVE_TTL;
      for (int i = 0; i < answers + authorities; i++) {
        String owner = name();
        int type = u16();
        int dnsClass = u16();
        long ttl = ttl();
        int length = u16();
        int next = at + length;
        need(length);
        if (dnsClass == CLASS_IN && i < answers) {
          if (type == question.type().code() && length == question.type().length()) {
            addresses.add(new Address(owner, address(length), ttl));
          } else if (type == TYPE_CNAME) {
            aliases.putIfAbsent(owner, new Alias(name(), ttl));
          }
        } else if (dnsClass == CLASS_IN && type == TYPE_SOA && length >= 20) {
          at = next - 4; // the last field: how long "no" may be remembered (RFC 2308 section 5)
          negative = Math.min(Math.min(ttl, ttl()), MAX_NEGATIVE_TTL);
        }
        at = next;
      }
      return follow(question.name(), aliases, addresses, exists, negative);
    }

    private static Answer follow(
        String name,
        Map<String, Alias> aliases,
        List<Address> addresses,
        boolean exists,
        long negative) {
      String owner = name;
      long life = MAX_TTL;
      for (int i = 0; i <= MAX_ALIASES; i++) {
        List<InetAddress> found = new ArrayList<>();
        for (Address a : addresses) {
          if (a.owner.equals(owner)) {
            found.add(a.address);
            life = Math.min(life, a.ttl);
          }
        }
        if (!found.isEmpty()) {
          return new Answer.Found(List.copyOf(found), Duration.ofSeconds(Math.max(1, life)));
        }
        Alias alias = aliases.get(owner);
        if (alias == null) {
          break;
        }
        life = Math.min(life, alias.ttl);
        owner = alias.target;
      }
      return new Answer.Missing(exists, Duration.ofSeconds(Math.max(1, negative)));
    }

    private InetAddress address(int length) throws Malformed {
      byte[] bytes = new byte[length];
      in.getBytes(at, bytes);
      try {
        return InetAddress.getByAddress(bytes);
      } catch (UnknownHostException e) {
        throw new Malformed();
      }
    }

    /** A name in lower case; pointers must lead backwards, so that they end. */
    private String name() throws Malformed {
      StringBuilder name = new StringBuilder();
      int end = -1;
      int limit = at;
      while (true) {
        int length = u8();
        if (length == 0) {
          break;
        }
        if (length >= 0xc0) {
          int target = start + ((length & 0x3f) << 8 | u8());
          if (end < 0) {
            end = at;
          }
          if (target >= limit) {
            throw new Malformed();
          }
          limit = target;
          at = target;
        } else if (length > 63 || name.length() + length > 254) {
          throw new Malformed();
        } else {
          need(length);
          if (!name.isEmpty()) {
            name.append('.');
          }
          for (int i = 0; i < length; i++) {
            int c = u8();
            name.append((char) (c >= 'A' && c <= 'Z' ? c + 32 : c));
          }
        }
      }
      if (end >= 0) {
        at = end;
      }
      return name.toString();
    }

    /** RFC 2181 section 8: a TTL with the top bit set counts as 0. */
    private long ttl() throws Malformed {
      long ttl = (long) u16() << 16 | u16();
      return ttl > Integer.MAX_VALUE ? 0 : Math.min(ttl, MAX_TTL);
    }

    private int u8() throws Malformed {
      need(1);
      return in.getUnsignedByte(at++);
    }

    private int u16() throws Malformed {
      need(2);
      at += 2;
      return in.getUnsignedShort(at - 2);
    }

    private void skip(int bytes) throws Malformed {
      need(bytes);
      at += bytes;
    }

    private void need(int bytes) throws Malformed {
      if (at + bytes > in.writerIndex()) {
        throw new Malformed();
      }
    }
  }

  private static String text(int rcode) {
    return rcode < RCODES.length ? RCODES[rcode] : "RCODE " + rcode;
  }
}
