package com.github.shiroedev2024.leaf.engine.dial;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class ReadGateTest {
  private static final int ANSWER = 20_000_000;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anEarlyHalfCloseWaitsAndLeavesTheChannelWhole(boolean nativeLoops) throws Exception {
    EventLoopGroup loops = Transports.newLoops(1, nativeLoops, "gate-test");
    CompletableFuture<SocketChannel> accepted = new CompletableFuture<>();
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    Channel listener =
        new ServerBootstrap()
            .group(loops)
            .channel(Transports.serverSocketChannel(loops))
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(new ReadGate(), new Recorder(seen));
                    accepted.complete(channel);
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    try (Socket client =
        new Socket(
            InetAddress.getLoopbackAddress(),
            ((InetSocketAddress) listener.localAddress()).getPort())) {
      client.getOutputStream().write("request".getBytes(US_ASCII));
      client.shutdownOutput();
      SocketChannel channel = Await.result(accepted);
      if (nativeLoops && Transports.nativeAvailable()) {
        Await.until("epoll has read to the end", channel::isInputShutdown);
      }
      ChannelFuture answered = channel.writeAndFlush(Unpooled.buffer().writeZero(ANSWER));
      Await.until("the socket is full", () -> !channel.isWritable());
      assertThat(client.getInputStream().readNBytes(ANSWER).length).isEqualTo(ANSWER);
      assertThat(answered.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(answered.cause()).isNull();
      assertThat(seen).isEmpty();
      channel.config().setAutoRead(true);
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("request");
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("end");
      channel.config().setAutoRead(false);
      channel.config().setAutoRead(true);
      channel.eventLoop().submit(() -> {}).sync();
      assertThat(channel.isActive()).isTrue();
      assertThat(seen).isEmpty();
    } finally {
      listener.close().sync();
      Await.result(accepted).close().sync();
      loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS).sync();
    }
  }

  @Test
  void oneReadBringsOneMessage() {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAutoRead(false);
    channel.pipeline().addLast(new ReadGate(), new Recorder(seen));
    for (String text : new String[] {"a", "b", "c"}) {
      channel.pipeline().fireChannelRead(Unpooled.copiedBuffer(text, US_ASCII));
    }
    channel.pipeline().fireChannelReadComplete();
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(seen).isEmpty();
    channel.read();
    assertThat(seen).containsExactly("a");
    channel.config().setAutoRead(true);
    assertThat(seen).containsExactly("a", "b", "c", "end");
    channel.finishAndReleaseAll();
  }

  @Test
  void whatIsHeldIsReleasedWithTheChannel() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAutoRead(false);
    channel.pipeline().addLast(new ReadGate());
    ByteBuf held = channel.alloc().directBuffer().writeByte(1);
    channel.pipeline().fireChannelRead(held);
    assertThat(held.refCnt()).isEqualTo(1);
    channel.close();
    assertThat(held.refCnt()).isZero();
  }

  private static final class Recorder extends ChannelInboundHandlerAdapter {
    private final BlockingQueue<String> seen;

    Recorder(BlockingQueue<String> seen) {
      this.seen = seen;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ByteBuf bytes = (ByteBuf) msg;
      seen.add(bytes.toString(US_ASCII));
      bytes.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        seen.add("end");
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      seen.add(cause.toString());
    }
  }
}
