package com.github.shiroedev2024.leaf.engine.dial;

import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ties outgoing sockets to a local address or interface, as {@code OUTBOUND_INTERFACE} or an
 * outbound's {@code interface} asks: the first entry that works for the target. When none works the
 * dial fails, so that nothing leaves by another interface than the ones named. Loopback targets are
 * left alone. Also marks sockets, as {@code OUTBOUND_MARK} asks.
 */
public final class LocalBinding {
  /** SO_BINDTODEVICE of linux/socket.h: level SOL_SOCKET 1, option 25, a name of up to 15 bytes. */
  static final RawUnixChannelOption BIND_TO_DEVICE =
      new RawUnixChannelOption("SO_BINDTODEVICE", 1, 25, 16);

  private static final InetAddress ANY_V4 = any(new byte[4]);
  private static final InetAddress ANY_V6 = any(new byte[16]);

  /** SO_MARK of linux/socket.h: level SOL_SOCKET 1, option 36. */
  private static final IntegerUnixChannelOption MARK =
      new IntegerUnixChannelOption("SO_MARK", 1, 36);

  private final List<String> entries;
  private final int mark;

  /** As these options ask. */
  public LocalBinding(EngineOptions options) {
    this(options.get(EngineOptions.OUTBOUND_INTERFACE), options.get(EngineOptions.OUTBOUND_MARK));
  }

  /**
   * @param mark the firewall mark of outgoing packets (Linux), by which policy rules know them; 0:
   *     none
   */
  public LocalBinding(List<String> entries, int mark) {
    this.entries = List.copyOf(entries);
    this.mark = mark;
  }

  /** The same mark, and other addresses or interfaces. */
  LocalBinding to(List<String> others) {
    return new LocalBinding(others, mark);
  }

  /**
   * Marks a new socket, if a mark is set.
   *
   * @throws ChannelException when that cannot be: the socket must not be used then, for its packets
   *     could come back in by a TUN device without end
   */
  public void mark(Channel channel) {
    if (mark == 0) {
      return;
    }
    boolean marked;
    try {
      marked = channel.config().setOption(MARK, mark);
    } catch (ChannelException e) {
      throw new ChannelException(
          "cannot mark a socket with " + mark + " (needs CAP_NET_ADMIN): " + e.getMessage(), e);
    }
    if (!marked) {
      throw new ChannelException("cannot mark a socket with " + mark + ": needs Linux and epoll");
    }
  }

  /** The wildcard address of the family. */
  public static InetAddress any(boolean v6) {
    return v6 ? ANY_V6 : ANY_V4;
  }

  /** Whether sockets towards this target are bound at all. */
  public boolean applies(InetAddress target) {
    return !entries.isEmpty() && !target.isLoopbackAddress();
  }

  /**
   * Binds the socket for this target; {@code done} gets null or why it could not be. On the
   * channel's loop.
   */
  public void bind(Channel channel, InetAddress target, Consumer<@Nullable Throwable> done) {
    attempt(channel, target, entries.iterator(), done);
  }

  private void attempt(
      Channel channel,
      InetAddress target,
      Iterator<String> left,
      Consumer<@Nullable Throwable> done) {
    while (left.hasNext()) {
      String entry = left.next();
      if (!isAddress(entry) && toDevice(channel, entry)) {
        if (channel instanceof DatagramChannel) {
          // An unbound UDP socket is not active in Netty's eyes and would not be read.
          complete(channel, any(target instanceof Inet6Address), done, () -> false);
        } else {
          done.accept(null);
        }
        return;
      }
      InetAddress local = address(entry, target instanceof Inet6Address);
      if (local != null) {
        if (channel instanceof EpollSocketChannel) {
          channel.config().setOption(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
        }
        complete(
            channel,
            local,
            done,
            () -> {
              attempt(channel, target, left, done);
              return true;
            });
        return;
      }
    }
    done.accept(
        new BindException(
            "none of the interfaces "
                + entries
                + " can be used for "
                + NetUtil.toAddressString(target)));
  }

  private interface Next {
    boolean tried();
  }

  private static void complete(
      Channel channel, InetAddress local, Consumer<@Nullable Throwable> done, Next next) {
    channel
        .bind(new InetSocketAddress(local, 0))
        .addListener(
            bound -> {
              if (bound.isSuccess()) {
                done.accept(null);
              } else if (!channel.isOpen() || !next.tried()) {
                done.accept(bound.cause());
              }
            });
  }

  private static boolean toDevice(Channel channel, String name) {
    if (!(channel instanceof EpollSocketChannel) && !(channel instanceof EpollDatagramChannel)) {
      return false;
    }
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 15) {
      return false;
    }
    ByteBuffer device = ByteBuffer.allocateDirect(16);
    device.put(bytes).position(0);
    try {
      return channel.config().setOption(BIND_TO_DEVICE, device);
    } catch (ChannelException e) {
      return false; // not permitted, or no such device: its addresses are tried next
    }
  }

  private static boolean isAddress(String entry) {
    return NetUtil.isValidIpV4Address(entry) || NetUtil.isValidIpV6Address(entry);
  }

  private static @Nullable InetAddress address(String entry, boolean v6) {
    try {
      List<InetAddress> candidates = new ArrayList<>();
      if (isAddress(entry)) {
        candidates.add(InetAddress.getByName(entry)); // a literal, with its %scope: no lookup
      } else {
        NetworkInterface device = NetworkInterface.getByName(entry);
        if (device != null) {
          device.inetAddresses().forEach(candidates::add);
        }
      }
      InetAddress linkLocal = null;
      for (InetAddress a : candidates) {
        if (a instanceof Inet6Address == v6) {
          if (!a.isLinkLocalAddress()) {
            return a;
          }
          linkLocal = a;
        }
      }
      return linkLocal;
    } catch (IOException e) {
      return null; // an interface that went away is one that does not work
    }
  }

  private static InetAddress any(byte[] zeros) {
    try {
      return InetAddress.getByAddress(zeros);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
