package com.github.shiroedev2024.leaf.engine.protocol;

import com.github.shiroedev2024.leaf.engine.dial.ReadGate;
import com.github.shiroedev2024.leaf.engine.dial.StreamEnd;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Dials by plain sockets, as the system dialer does, without its choices. */
public final class RealDialer implements Dialer {
  @Override
  public boolean isSystem() {
    return true;
  }

  @Override
  public Future<Channel> dial(Session session, Destination destination) {
    Promise<Channel> dialled = session.loop().newPromise();
    ChannelFuture connecting =
        new Bootstrap()
            .group(session.loop())
            .channel(Transports.socketChannel(session.loop()))
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new ReadGate(), StreamEnd.INSTANCE);
                  }
                })
            .connect(address(destination));
    connecting.addListener(
        done -> {
          if (done.isSuccess()) {
            if (!dialled.trySuccess(connecting.channel())) {
              connecting.channel().close();
            }
          } else {
            dialled.tryFailure(failure(destination, done.cause()));
          }
        });
    return dialled;
  }

  private static SessionException failure(Destination destination, Throwable cause) {
    CloseReason reason =
        cause instanceof UnknownHostException
            ? CloseReason.RESOLVE_FAILED
            : cause instanceof ConnectException ? CloseReason.REFUSED : CloseReason.DIAL_FAILED;
    return new SessionException(reason, reason.text() + ": " + destination, cause);
  }

  private static InetSocketAddress address(Destination destination) {
    return destination.isDomain()
        ? InetSocketAddress.createUnresolved(destination.host(), destination.port())
        : destination.socketAddress();
  }

  @Override
  public Future<Channel> associate(Session session, Destination first) {
    Promise<Channel> opened = session.loop().newPromise();
    ChannelFuture bound =
        new Bootstrap()
            .group(session.loop())
            .channel(Transports.datagramChannel(session.loop()))
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(65_535))
            .handler(new Datagrams())
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    bound.addListener(
        done -> {
          if (!done.isSuccess()) {
            opened.tryFailure(failure(first, done.cause()));
          } else if (!opened.trySuccess(bound.channel())) {
            bound.channel().close();
          }
        });
    return opened;
  }

  private static final class Datagrams extends ChannelDuplexHandler {
    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
      Datagram datagram = (Datagram) msg;
      Destination peer = datagram.peer();
      InetSocketAddress to =
          peer.isDomain()
              ? new InetSocketAddress(InetAddress.getLoopbackAddress(), peer.port())
              : peer.socketAddress();
      ctx.write(new DatagramPacket(datagram.content(), to), promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      DatagramPacket packet = (DatagramPacket) msg;
      ctx.fireChannelRead(new Datagram(Destination.of(packet.sender()), packet.content()));
    }
  }
}
