package com.github.shiroedev2024.leaf.engine.listen;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.listen.Listeners.Place;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.helpers.NOPLoggerFactory;

@ExtendWith(LeakCheck.class)
final class ListenersTest {
  /** Answers with all it got, once the client has ended its side. */
  private static final class Late extends ChannelInboundHandlerAdapter {
    private final CompositeByteBuf all;

    Late(Channel client) {
      all = client.alloc().compositeBuffer(Integer.MAX_VALUE);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      all.addComponent(true, (ByteBuf) msg);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        ctx.write(all);
        ctx.writeAndFlush(EndOfStream.INSTANCE).addListener(ChannelFutureListener.CLOSE);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClientThatHasEndedItsSideIsStillAnswered(boolean preferNative) throws Exception {
    EventLoopGroup loops = Transports.newLoops(1, preferNative, "listen");
    Listeners listeners = new Listeners(loops, new NOPLoggerFactory());
    try {
      Place place =
          new Place(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
              "in",
              EnumSet.of(Network.TCP));
      Inbound inbound =
          new Inbound() {
            @Override
            public String tag() {
              return "in";
            }

            @Override
            public void accept(Channel client) {
              client.pipeline().addLast(new Late(client));
            }
          };
      listeners.stage(List.of(place)).join().commit(Map.of(place, inbound)).join();
      byte[] payload = Seeds.bytes(new Random(1), 100_000);
      assertThat(echoed(Objects.requireNonNull(listeners.bound(place)), payload))
          .isEqualTo(payload);
      Await.until("connection closed", () -> listeners.clients() == 0);
      listeners.close().join();
    } finally {
      listeners.closeClients();
      loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS).sync();
    }
  }

  /** Answers each datagram with the inbound's name. */
  private record Named(String tag) implements Inbound {
    @Override
    public Set<Network> networks() {
      return EnumSet.allOf(Network.class);
    }

    @Override
    public void accept(Channel client) {
      client.close();
    }

    @Override
    public void attach(Channel udp) {
      udp.pipeline()
          .addLast(
              new SimpleChannelInboundHandler<DatagramPacket>() {
                @Override
                protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
                  ctx.writeAndFlush(
                      new DatagramPacket(
                          Unpooled.copiedBuffer(tag, StandardCharsets.UTF_8), packet.sender()));
                }
              });
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aUdpSocketOutlivesTheInboundThatServesIt(boolean preferNative) throws Exception {
    EventLoopGroup loops = Transports.newLoops(1, preferNative, "listen");
    Listeners listeners = new Listeners(loops, new NOPLoggerFactory());
    try {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      Place place =
          new Place(new InetSocketAddress(loopback, 0), "in", EnumSet.allOf(Network.class));
      listeners.stage(List.of(place)).join().commit(Map.of(place, new Named("first"))).join();
      InetSocketAddress at = Objects.requireNonNull(listeners.bound(place));
      assertThat(asked(at)).isEqualTo("first");
      try (Socket tcp = new Socket(at.getAddress(), at.getPort())) {
        tcp.setSoTimeout(10_000);
        assertThat(tcp.getInputStream().read()).isEqualTo(-1);
      }
      listeners.stage(List.of(place)).join().commit(Map.of(place, new Named("second"))).join();
      assertThat(Objects.requireNonNull(listeners.bound(place))).isEqualTo(at);
      assertThat(asked(at)).isEqualTo("second");
      listeners.close().join();
    } finally {
      listeners.closeClients();
      loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS).sync();
    }
  }

  @Test
  void aUdpPortThatIsTakenIsToldAndLeavesNothingBound() throws Exception {
    EventLoopGroup loops = Transports.newLoops(1, true, "listen");
    Listeners listeners = new Listeners(loops, new NOPLoggerFactory());
    try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Place place =
          new Place(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort()),
              "in",
              EnumSet.allOf(Network.class));
      Listeners.Staged staged = listeners.stage(List.of(place)).join();
      assertThat(staged.failures())
          .singleElement()
          .satisfies(failure -> assertThat(failure.network()).isEqualTo(Network.UDP));
      staged.rollback().join();
      new ServerSocket(taken.getLocalPort(), 1, InetAddress.getLoopbackAddress()).close();
    } finally {
      loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS).sync();
    }
  }

  private static String asked(InetSocketAddress at) throws IOException {
    try (DatagramSocket client = new DatagramSocket()) {
      client.setSoTimeout(10_000);
      client.send(new java.net.DatagramPacket(new byte[] {1}, 1, at));
      java.net.DatagramPacket answer = new java.net.DatagramPacket(new byte[100], 100);
      client.receive(answer);
      return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
    }
  }

  private static byte[] echoed(InetSocketAddress at, byte[] payload) throws IOException {
    try (Socket client = new Socket(at.getAddress(), at.getPort())) {
      client.setSoTimeout(10_000);
      client.getOutputStream().write(payload);
      client.shutdownOutput();
      return client.getInputStream().readAllBytes();
    }
  }
}
