package com.github.shiroedev2024.leaf.engine.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
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

  @Test
  void noLoopsAreRefused() {
    assertThatThrownBy(() -> Transports.newLoops(0, false, "none"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 event loops");
  }
}
