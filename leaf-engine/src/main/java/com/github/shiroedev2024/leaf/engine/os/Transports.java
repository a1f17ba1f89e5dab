package com.github.shiroedev2024.leaf.engine.os;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Which event loops to run on, and which kinds of socket go with them: epoll where it is wanted and
 * available, the JDK's selectors elsewhere. Nobody else names a concrete channel class, so that a
 * new transport is one more branch here.
 */
public final class Transports {
  private static final ByteBuffer EMPTY = ByteBuffer.allocateDirect(1);

  private Transports() {}

  /** Whether {@link #newLoops} can give loops that use epoll on this machine. */
  public static boolean nativeAvailable() {
    return Epoll.isAvailable();
  }

  /**
   * New event loops on daemon threads; the caller shuts them down.
   *
   * @param threads at least 1
   * @param preferNative use epoll if this machine has it; false always gives the JDK's selectors
   * @param name the threads are called {@code name-1-1}, {@code name-1-2}, …
   */
  public static EventLoopGroup newLoops(int threads, boolean preferNative, String name) {
    if (threads < 1) {
      throw new IllegalArgumentException(threads + " event loops cannot carry anything");
    }
    IoHandlerFactory io =
        preferNative && nativeAvailable() ? SteadyEpoll.newFactory() : NioIoHandler.newFactory();
    return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), io);
  }

  /** The kind of connected TCP socket that this loop drives. */
  public static Class<? extends SocketChannel> socketChannel(EventLoop loop) {
    return epoll(loop) ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /** The kind of UDP socket that this loop drives. */
  public static Class<? extends DatagramChannel> datagramChannel(EventLoop loop) {
    return epoll(loop) ? EpollDatagramChannel.class : NioDatagramChannel.class;
  }

  /**
   * A new TCP socket for this loop, not registered yet.
   *
   * @param target where it will be connected to: a socket of that family costs the system less than
   *     one that can do both
   * @throws io.netty.channel.ChannelException when the system has none to give
   */
  public static SocketChannel newSocket(EventLoop loop, InetAddress target) {
    if (!epoll(loop)) {
      return new NioSocketChannel();
    }
    return new EpollSocketChannel(
        target instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
  }

  /**
   * A new UDP socket for this loop, not registered yet. One for IPv6 carries IPv4 as well.
   *
   * @throws io.netty.channel.ChannelException when the system has none to give
   */
  public static DatagramChannel newDatagramSocket(EventLoop loop, SocketProtocolFamily family) {
    return epoll(loop) ? new EpollDatagramChannel(family) : new NioDatagramChannel(family);
  }

  /**
   * Sends a datagram without a payload at once; Netty 4.2.18 takes it for nothing to send. On the
   * channel's loop, with nothing unflushed.
   *
   * @throws IOException when the system does not take it, or the loop is not of epoll
   */
  public static void sendEmpty(Channel channel, InetSocketAddress to) throws IOException {
    if (!(channel instanceof EpollDatagramChannel epoll)) {
      throw new IOException("an empty datagram needs Linux and epoll");
    }
    Socket socket = (Socket) epoll.fd();
    int sent = socket.sendTo(EMPTY, 0, 0, to.getAddress(), to.getPort());
    if (sent < 0) {
      throw new IOException("an empty datagram was not sent, errno " + -sent);
    }
  }

  /** The kind of listening TCP socket that these loops drive. */
  public static Class<? extends ServerChannel> serverSocketChannel(EventLoopGroup loops) {
    return epoll(loops) ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  /** Whether these loops use epoll. */
  public static boolean isNative(EventLoopGroup loops) {
    return epoll(loops);
  }

  private static boolean epoll(EventLoopGroup loops) {
    return loops instanceof IoEventLoopGroup io && io.isIoType(SteadyEpoll.class);
  }
}
