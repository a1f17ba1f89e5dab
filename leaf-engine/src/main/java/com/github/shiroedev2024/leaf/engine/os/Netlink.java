package com.github.shiroedev2024.leaf.engine.os;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks Linux for changes of links, addresses, routes and rules (rtnetlink(7)). One socket, one
 * request at a time; blocks for as long as the kernel needs. Not thread-safe.
 *
 * <pre>
 * message    length:32 type:16 flags:16 sequence:32 port:32 body attribute*
 * attribute  length:16 type:16 value, padded to 4 bytes
 * </pre>
 */
final class Netlink implements AutoCloseable {
  static final int INET = 2;
  static final int INET6 = 10;

  /** The table that ordinary routes are in. */
  static final int MAIN = 254;

  private static final int NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int HEADER = 16;
  private static final int ERROR = 2;
  private static final int DONE = 3;
  private static final int REQUEST = 1;
  private static final int ACK = 4;
  private static final int DUMP = 0x300;
  private static final int EXCL = 0x200;
  private static final int CREATE = 0x400;
  private static final int REPLACE = 0x100;

  private static final int NEW_LINK = 16;
  private static final int GET_LINK = 18;
  private static final int NEW_ADDRESS = 20;
  private static final int NEW_ROUTE = 24;
  private static final int DELETE_ROUTE = 25;
  private static final int GET_ROUTE = 26;
  private static final int NEW_RULE = 32;
  private static final int DELETE_RULE = 33;
  private static final int GET_RULE = 34;

  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_TXQLEN = 13;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_F_NODAD = 2;
  private static final int RTA_OIF = 4;
  private static final int RTA_PRIORITY = 6;
  private static final int RTA_TABLE = 15;
  private static final int FRA_SRC = 2;
  private static final int FRA_IIFNAME = 3;
  private static final int FRA_PRIORITY = 6;
  private static final int FRA_FWMARK = 10;
  private static final int FRA_SUPPRESS_PREFIXLEN = 14;
  private static final int FRA_TABLE = 15;
  private static final int FRA_PROTOCOL = 21;
  private static final int FRA_IP_PROTO = 22;
  private static final int FRA_DPORT_RANGE = 24;
  private static final int RTN_UNICAST = 1;
  private static final int RTN_UNREACHABLE = 7;
  private static final int FR_ACT_TO_TABLE = 1;
  private static final int RULE_INVERT = 2;

  private final int socket;
  private final NativeBuffer out = new NativeBuffer(1024);
  private final NativeBuffer in = new NativeBuffer(64 * 1024);
  private final ByteBuffer request = out.bytes().order(ByteOrder.nativeOrder());
  private final ByteBuffer reply = in.bytes().order(ByteOrder.nativeOrder());
  private int sequence;

  Netlink() throws IOException {
    socket = Libc.socket(NETLINK, SOCK_RAW | Libc.O_CLOEXEC, 0);
    if (socket < 0) {
      throw Libc.failure("no netlink socket", socket);
    }
  }

  /**
   * A policy rule: traffic that fits goes by the table.
   *
   * @param family {@link #INET} or {@link #INET6}
   * @param mark 0: any
   * @param source null: any
   * @param prefix of the source; bits
   * @param local null: any; true: what this machine sends; false: what it forwards
   * @param port a UDP or TCP destination port, 0: any
   * @param ipProtocol of the port
   * @param onlySpecific do not follow default routes of the table
   */
  record Rule(
      int family,
      int priority,
      int table,
      int mark,
      @Nullable InetAddress source,
      int prefix,
      @Nullable Boolean local,
      int ipProtocol,
      int port,
      boolean onlySpecific) {
    static Rule of(int family, int priority, int table) {
      return new Rule(family, priority, table, 0, null, 0, null, 0, 0, false);
    }

    Rule marked(int with) {
      return new Rule(
          family, priority, table, with, source, prefix, local, ipProtocol, port, onlySpecific);
    }

    Rule from(InetAddress address, int bits) {
      return new Rule(
          family, priority, table, mark, address, bits, local, ipProtocol, port, onlySpecific);
    }

    Rule local(boolean own) {
      return new Rule(
          family, priority, table, mark, source, prefix, own, ipProtocol, port, onlySpecific);
    }

    Rule to(int protocol, int number) {
      return new Rule(
          family, priority, table, mark, source, prefix, local, protocol, number, onlySpecific);
    }

    Rule specific() {
      return new Rule(family, priority, table, mark, source, prefix, local, ipProtocol, port, true);
    }
  }

  /** A rule or a route that is there, with the kernel's own words for it. */
  static final class Found {
    private final int table;
    private final int priority;
    private final int device;
    private final byte[] message;

    private Found(int table, int priority, int device, byte[] message) {
      this.table = table;
      this.priority = priority;
      this.device = device;
      this.message = message;
    }

    int table() {
      return table;
    }

    int priority() {
      return priority;
    }

    /** The index of the interface that a route leads to, or 0. */
    int device() {
      return device;
    }
  }

  /** The interface's index. */
  int index(String name) throws IOException {
    begin(GET_LINK, 0);
    link(0, 0);
    text(IFLA_IFNAME, name);
    int[] index = new int[1];
    exchange(false, (type, from, to) -> index[0] = reply.getInt(from + 4));
    return index[0];
  }

  /** Sets the largest packet, in bytes, and how many packets wait at most. */
  void sizes(int index, int mtu, int queueLength) throws IOException {
    begin(NEW_LINK, ACK);
    link(index, 0);
    number(IFLA_MTU, mtu);
    number(IFLA_TXQLEN, queueLength);
    exchange(false, null);
  }

  /** The interface must be down. */
  void rename(int index, String name) throws IOException {
    begin(NEW_LINK, ACK);
    link(index, 0);
    text(IFLA_IFNAME, name);
    exchange(false, null);
  }

  void up(int index) throws IOException {
    begin(NEW_LINK, ACK);
    link(index, 1);
    exchange(false, null);
  }

  private void link(int index, int up) {
    request.putInt(0).putInt(index).putInt(up).putInt(up);
  }

  void address(int index, InetAddress address, int prefix) throws IOException {
    begin(NEW_ADDRESS, ACK | CREATE | REPLACE);
    request.put((byte) family(address)).put((byte) prefix);
    request.put((byte) (address instanceof Inet6Address ? IFA_F_NODAD : 0)).put((byte) 0);
    request.putInt(index);
    bytes(IFA_LOCAL, address.getAddress());
    bytes(IFA_ADDRESS, address.getAddress());
    exchange(false, null);
  }

  /** Everything in this table goes by the interface; by {@code index} 0 it is unreachable. */
  void defaultRoute(int family, int table, int protocol, int index, int metric) throws IOException {
    route(NEW_ROUTE, ACK | CREATE | REPLACE, family, table, protocol, index, metric);
  }

  void removeDefaultRoute(int family, int table, int protocol, int index, int metric)
      throws IOException {
    route(DELETE_ROUTE, ACK, family, table, protocol, index, metric);
  }

  private void route(
      int type, int flags, int family, int table, int protocol, int index, int metric)
      throws IOException {
    begin(type, flags);
    request.put((byte) family).putShort((short) 0).put((byte) 0);
    request.put((byte) 0).put((byte) protocol).put((byte) 0);
    request.put((byte) (index == 0 ? RTN_UNREACHABLE : RTN_UNICAST)).putInt(0);
    number(RTA_TABLE, table);
    number(RTA_PRIORITY, metric);
    if (index != 0) {
      number(RTA_OIF, index);
    }
    exchange(false, null);
  }

  /** Adds a rule that is not there yet. */
  void add(Rule rule, int protocol) throws IOException {
    begin(NEW_RULE, ACK | CREATE | EXCL);
    boolean from = rule.source != null;
    request.put((byte) rule.family).put((byte) 0).put((byte) (from ? rule.prefix : 0));
    request.putInt(0).put((byte) FR_ACT_TO_TABLE); // tos, table (as attribute), 2 reserved
    request.putInt(Boolean.FALSE.equals(rule.local) ? RULE_INVERT : 0);
    number(FRA_PRIORITY, rule.priority);
    number(FRA_TABLE, rule.table);
    bytes(FRA_PROTOCOL, new byte[] {(byte) protocol});
    if (rule.mark != 0) {
      number(FRA_FWMARK, rule.mark);
    }
    if (rule.source != null) {
      bytes(FRA_SRC, rule.source.getAddress());
    }
    if (rule.local != null) {
      text(FRA_IIFNAME, "lo");
    }
    if (rule.port != 0) {
      bytes(FRA_IP_PROTO, new byte[] {(byte) rule.ipProtocol});
      ByteBuffer range = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder());
      range.putShort((short) rule.port).putShort((short) rule.port);
      bytes(FRA_DPORT_RANGE, range.array());
    }
    if (rule.onlySpecific) {
      number(FRA_SUPPRESS_PREFIXLEN, 0);
    }
    exchange(false, null);
  }

  /** The rules that were added under this protocol number. */
  List<Found> rules(int family, int protocol) throws IOException {
    begin(GET_RULE, DUMP);
    request.put((byte) family).put(new byte[11]);
    return found(NEW_RULE, protocol);
  }

  /** The default routes, of whatever kind, that were added under this protocol number. */
  List<Found> routes(int family, int protocol) throws IOException {
    begin(GET_ROUTE, DUMP);
    request.put((byte) family).put(new byte[11]);
    return found(NEW_ROUTE, protocol);
  }

  private List<Found> found(int wanted, int protocol) throws IOException {
    List<Found> found = new ArrayList<>();
    exchange(
        true,
        (type, from, to) -> {
          if (type != wanted || to - from < 12) {
            return;
          }
          boolean rule = type == NEW_RULE;
          int table = attribute(from + 12, to, rule ? FRA_TABLE : RTA_TABLE);
          int by = rule ? attribute(from + 12, to, FRA_PROTOCOL) & 0xff : reply.get(from + 5) & 255;
          if (by == protocol) {
            byte[] message = new byte[to - from];
            reply.get(from, message);
            int device = rule ? 0 : attribute(from + 12, to, RTA_OIF);
            int priority = attribute(from + 12, to, rule ? FRA_PRIORITY : RTA_PRIORITY);
            found.add(new Found(table, priority, device, message));
          }
        });
    return found;
  }

  /** The value of a number attribute, 1 or 4 bytes long; 0 when it is missing. */
  private int attribute(int from, int to, int wanted) {
    for (int at = from; at + 4 <= to; ) {
      int length = reply.getShort(at) & 0xffff;
      if (length < 4 || at + length > to) {
        return 0;
      }
      if ((reply.getShort(at + 2) & 0x3fff) == wanted) {
        return length >= 8 ? reply.getInt(at + 4) : length > 4 ? reply.get(at + 4) : 0;
      }
      at += (length + 3) & ~3;
    }
    return 0;
  }

  /** Removes what was found, unless it has gone meanwhile. */
  void remove(Found found, boolean rule) throws IOException {
    begin(rule ? DELETE_RULE : DELETE_ROUTE, ACK);
    request.put(found.message);
    try {
      exchange(false, null);
    } catch (Refused e) {
      if (e.errno != Libc.ENOENT && e.errno != Libc.ESRCH) {
        throw e;
      }
    }
  }

  static int family(InetAddress address) {
    return address instanceof Inet6Address ? INET6 : INET;
  }

  private void begin(int type, int flags) {
    request.clear();
    request.putInt(0).putShort((short) type).putShort((short) (REQUEST | flags));
    request.putInt(++sequence).putInt(0);
  }

  private void number(int type, int value) {
    request.putShort((short) 8).putShort((short) type).putInt(value);
  }

  private void text(int type, String text) {
    byte[] name = text.getBytes(StandardCharsets.UTF_8);
    bytes(type, java.util.Arrays.copyOf(name, name.length + 1));
  }

  private void bytes(int type, byte[] value) {
    request.putShort((short) (4 + value.length)).putShort((short) type).put(value);
    while (request.position() % 4 != 0) {
      request.put((byte) 0);
    }
  }

  /** Takes one message of the answer: its body lies between the two places of {@link #reply}. */
  private interface Taker {
    void take(int type, int from, int to);
  }

  /** The kernel said no. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1;
    final int errno;

    Refused(int errno) {
      super(Libc.text(errno));
      this.errno = errno;
    }
  }

  private void exchange(boolean dump, @Nullable Taker taker) throws IOException {
    request.putInt(0, request.position());
    long sent = Libc.send(socket, out.address(), request.position());
    if (sent < 0) {
      throw Libc.failure("netlink", sent);
    }
    while (true) {
      long got = Libc.receive(socket, in.address(), reply.capacity());
      if (got == -Libc.EINTR) {
        continue;
      }
      if (got < 0) {
        throw Libc.failure("netlink", got);
      }
      for (int at = 0; at + HEADER <= got; ) {
        int length = reply.getInt(at);
        if (length < HEADER || at + length > got) {
          throw new IOException("netlink answered with " + length + " bytes in " + got);
        }
        int type = reply.getShort(at + 4) & 0xffff;
        if (reply.getInt(at + 8) == sequence) {
          if (type == ERROR) {
            int error = reply.getInt(at + HEADER);
            if (error != 0) {
              throw new Refused(-error);
            }
            return;
          }
          if (type == DONE) {
            return;
          }
          if (taker != null) {
            taker.take(type, at + HEADER, at + length);
          }
          if (!dump) {
            return;
          }
        }
        at += (length + 3) & ~3;
      }
    }
  }

  @Override
  public void close() {
    Libc.close(socket);
  }
}
