package com.github.shiroedev2024.leaf.engine.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.testkit.Await;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TransportsTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void allKindsOfSocketWorkOnTheLoops(boolean preferNative) throws Exception {
    EventLoopGroup loops = Transports.newLoops(2, preferNative, "transports");
    try {
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      Channel server =
          new ServerBootstrap()
              .group(loops)
              .channel(Transports.serverSocketChannel(loops))
              .childHandler(new ChannelInboundHandlerAdapter())
              .bind(any)
              .sync()
              .channel();
      EventLoop loop = loops.next();
      Channel client =
          new Bootstrap()
              .group(loop)
              .channel(Transports.socketChannel(loop))
              .handler(new ChannelInboundHandlerAdapter())
              .connect(server.localAddress())
              .sync()
              .channel();
      Channel udp =
          new Bootstrap()
              .group(loop)
              .channel(Transports.datagramChannel(loop))
              .handler(new ChannelInboundHandlerAdapter())
              .bind(any)
              .sync()
              .channel();
      assertThat(client.isActive()).isTrue();
      assertThat(udp.isActive()).isTrue();
      boolean epoll = preferNative && Transports.nativeAvailable();
      String prefix = epoll ? "Epoll" : "Nio";
      assertThat(client.getClass().getSimpleName()).startsWith(prefix);
      assertThat(udp.getClass().getSimpleName()).startsWith(prefix);
      assertThat(server.getClass().getSimpleName()).startsWith(prefix);
    } finally {
      loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS).sync();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bytesWaitWhileNobodyReadsAndComeWhenSomebodyDoes(boolean preferNative) throws Exception {
    EventLoopGroup loops = Transports.newLoops(1, preferNative, "transports");
    BlockingQueue<String> got = new LinkedBlockingQueue<>();
    AtomicReference<Channel> accepted = new AtomicReference<>();
    try {
      Channel server =
          new ServerBootstrap()
              .group(loops)
              .channel(Transports.serverSocketChannel(loops))
              .childOption(ChannelOption.AUTO_READ, false)
              .childHandler(
                  new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelActive(ChannelHandlerContext ctx) {
                      accepted.set(ctx.channel());
                    }

                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object msg) {
                      // Off and on and off again, as a relay whose other side is full for a moment.
                      ctx.channel().config().setAutoRead(false);
                      ctx.channel().config().setAutoRead(true);
                      ctx.channel().config().setAutoRead(false);
                      ByteBuf bytes = (ByteBuf) msg;
                      got.add(bytes.toString(StandardCharsets.US_ASCII));
                      bytes.release();
                    }
                  })
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .sync()
              .channel();
      InetSocketAddress at = (InetSocketAddress) server.localAddress();
      try (Socket client = new Socket(at.getAddress(), at.getPort())) {
        Channel child = Await.value("the accepted channel", accepted::get);
        for (String word : List.of("one", "two", "three")) {
          child.eventLoop().submit(() -> child.config().setAutoRead(true)).sync();
          client.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
          assertThat(got.poll(10, TimeUnit.SECONDS)).isEqualTo(word);
          client.getOutputStream().write('.');
          // The loop has had the byte before it and another turn: it was told, and left it.
          child.eventLoop().submit(() -> {}).sync();
          child.eventLoop().submit(() -> {}).sync();
          assertThat(got).isEmpty();
          child.eventLoop().submit(() -> child.config().setAutoRead(true)).sync();
          assertThat(got.poll(10, TimeUnit.SECONDS)).isEqualTo(".");
        }
      }
    } finally {
      loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS).sync();
    }
  }

  @Test
  void noLoopsAreRefused() {
    assertThatThrownBy(() -> Transports.newLoops(0, false, "none"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 event loops");
  }
}
