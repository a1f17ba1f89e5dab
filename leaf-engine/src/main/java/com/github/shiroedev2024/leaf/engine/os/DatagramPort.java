package com.github.shiroedev2024.leaf.engine.os;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Sends and receives batches of datagrams by the socket of a channel, beside that channel, which no
 * longer reads. It has a descriptor of its own, so that a thread that is just sending never meets
 * the number of a socket that the channel has closed; whoever closes the channel closes this too.
 */
public final class DatagramPort implements EpollIoHandle {
  private static final int SOL_SOCKET = 1;
  private static final int SO_DOMAIN = 39;

  /** Who has many datagrams has them in bursts; the system may grant less. */
  private static final int RECEIVE_BUFFER = 2 << 20;

  /** Told on the loop. */
  public interface Listener {
    /** There is something to receive; told again as long as there is. */
    void readable();

    /** The port has closed; nothing is sent or told any more. */
    void closed();
  }

  private final EpollDatagramChannel channel;
  private final Listener listener;
  private final int fd;
  private final FileDescriptor descriptor;
  private final boolean ipv6;
  private final LongAdder refused = new LongAdder();
  private @Nullable IoRegistration registration;
  private boolean closed; // this
  private volatile int longestSegment = 65_535;

  private DatagramPort(EpollDatagramChannel channel, int fd, Listener listener) {
    this.channel = channel;
    this.listener = listener;
    this.fd = fd;
    this.descriptor = new FileDescriptor(fd);
    this.ipv6 = Libc.getsockopt(fd, SOL_SOCKET, SO_DOMAIN) == DatagramMemory.AF_INET6;
  }

  /** Whether a channel has a socket that can be used so. */
  public static boolean fits(Channel channel) {
    return channel instanceof EpollDatagramChannel;
  }

  /**
   * Begins; the channel reads no more. On its loop.
   *
   * @throws IOException when the system does not allow it; then nothing has changed
   */
  public static DatagramPort open(Channel of, Listener listener) throws IOException {
    if (!(of instanceof EpollDatagramChannel channel)) {
      throw new IllegalArgumentException(of + " is not of epoll");
    }
    int fd = Libc.fcntl(channel.fd().intValue(), Libc.F_DUPFD_CLOEXEC, 3);
    if (fd < 0) {
      throw Libc.failure("no second descriptor of a socket", fd);
    }
    DatagramPort port = new DatagramPort(channel, fd, listener);
    try {
      port.register();
    } catch (IOException e) {
      Libc.close(fd);
      throw e;
    }
    channel.config().setAutoRead(false);
    channel.config().setReceiveBufferSize(RECEIVE_BUFFER);
    try {
      channel.config().setOption(EpollChannelOption.UDP_GRO, true);
    } catch (ChannelException e) {
      // An older kernel takes every batch apart itself.
    }
    return port;
  }

  private void register() throws IOException {
    registration = SteadyEpoll.watch(channel.eventLoop(), this, EpollIoOps.EPOLLIN);
  }

  /** Whether IPv6 addresses can be sent to; IPv4 ones always can. */
  public boolean takesIpv6() {
    return ipv6;
  }

  int longestSegment() {
    return longestSegment;
  }

  /** Notes that datagrams of a length cannot be sent as one message; false for another fault. */
  boolean notInSegments(int length, int errno) {
    if (errno == Libc.EINVAL || errno == Libc.EMSGSIZE) {
      longestSegment = Math.min(longestSegment, length - 1); // they do not fit the path's MTU
      return true;
    }
    if (errno == Libc.EIO) {
      longestSegment = 0; // the device cannot
      return true;
    }
    return false;
  }

  void refused(int datagrams) {
    refused.add(datagrams);
  }

  /** Datagrams that the system did not take: no route, or no permission. */
  public long refused() {
    return refused.sum();
  }

  /**
   * Sends what was added. From any thread.
   *
   * @return how many datagrams, from the first, were dealt with; those behind them found the
   *     socket's buffer full; -1 when the port is closed
   */
  public synchronized int send(DatagramsOut batch) {
    return closed ? -1 : batch.send(this, fd);
  }

  /**
   * Receives what is there, up to {@link DatagramsIn#MAX} messages. On the loop.
   *
   * @return how many
   */
  @SuppressWarnings("GuardedBy") // it is closed on this thread only
  public int receive(DatagramsIn batch) {
    // An error is what ICMP told of an earlier datagram; others may still come.
    return closed ? 0 : Math.max(0, batch.receive(fd));
  }

  /** Ends everything, for all threads. On the loop; idempotent. */
  @Override
  public void close() {
    IoRegistration held = registration;
    if (held == null) {
      return;
    }
    registration = null;
    held.cancel();
    synchronized (this) {
      closed = true;
      Libc.close(fd);
    }
    listener.closed();
  }

  @Override
  public FileDescriptor fd() {
    return descriptor;
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    if (registration != null) {
      listener.readable();
    }
  }
}
