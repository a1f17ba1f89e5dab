package com.github.shiroedev2024.leaf.engine.dns;

import com.github.shiroedev2024.leaf.engine.dial.LocalBinding;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Own sockets. Each UDP conversation has a socket of its own, connected to the server: the system
 * picks a fresh random port for it, lets nothing in that another address sent, and reports at once
 * when nobody listens there.
 */
final class DirectPath implements ServerPath {
  private final InetSocketAddress server;
  private final LocalBinding binding;
  private final int timeoutMillis;

  /**
   * @param timeoutMillis for opening a connection
   */
  DirectPath(InetSocketAddress server, LocalBinding binding, int timeoutMillis) {
    this.server = server;
    this.binding = binding;
    this.timeoutMillis = timeoutMillis;
  }

  @Override
  public Conversation datagrams(EventLoop loop, Listener listener) {
    ChannelConversation conversation = new ChannelConversation(listener);
    DatagramChannel channel;
    try {
      channel =
          Transports.newDatagramSocket(
              loop,
              server.getAddress() instanceof Inet6Address
                  ? SocketProtocolFamily.INET6
                  : SocketProtocolFamily.INET);
      mark(channel);
    } catch (ChannelException e) {
      fail(loop, conversation, e);
      return conversation;
    }
    channel.config().setAutoRead(false);
    channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(4096));
    channel.pipeline().addLast(new Payload());
    open(channel, loop, conversation, false);
    return conversation;
  }

  @Override
  public Conversation stream(EventLoop loop, Listener listener) {
    ChannelConversation conversation = new ChannelConversation(listener);
    SocketChannel channel;
    try {
      channel = Transports.newSocket(loop, server.getAddress());
      mark(channel);
    } catch (ChannelException e) {
      fail(loop, conversation, e);
      return conversation;
    }
    channel.config().setAutoRead(false);
    channel.config().setTcpNoDelay(true).setConnectTimeoutMillis(timeoutMillis);
    open(channel, loop, conversation, true);
    return conversation;
  }

  private void mark(Channel channel) {
    try {
      binding.mark(channel);
    } catch (ChannelException e) {
      channel.close();
      throw e;
    }
  }

  /** Later, so that the caller has its conversation before it hears of its end. */
  private static void fail(EventLoop loop, ChannelConversation conversation, Throwable cause) {
    loop.execute(() -> conversation.failed(cause));
  }

  private void open(
      Channel channel, EventLoop loop, ChannelConversation conversation, boolean framed) {
    BiConsumer<@Nullable Throwable, Runnable> step =
        (cause, next) -> {
          if (cause == null) {
            next.run();
          } else {
            channel.close();
            fail(loop, conversation, cause);
          }
        };
    Runnable connect =
        () ->
            channel
                .connect(server)
                .addListener(
                    done -> step.accept(done.cause(), () -> conversation.opened(channel, framed)));
    Runnable bind =
        () -> {
          if (binding.applies(server.getAddress())) {
            binding.bind(channel, server.getAddress(), cause -> step.accept(cause, connect));
          } else {
            connect.run();
          }
        };
    loop.register(channel).addListener(done -> step.accept(done.cause(), bind));
  }

  private static final class Payload extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
      ctx.fireChannelRead(packet.content().retain());
    }
  }
}
