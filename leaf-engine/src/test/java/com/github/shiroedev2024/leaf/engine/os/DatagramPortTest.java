package com.github.shiroedev2024.leaf.engine.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class DatagramPortTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final long LOOPBACK_LOW = 0x7f00_0001L;

  private final List<byte[]> received = new ArrayList<>(); // this
  private final NativeBuffer buffer = new NativeBuffer(1 << 20);
  private final DatagramsOut out = new DatagramsOut();

  @SuppressWarnings("NullAway.Init")
  private EventLoopGroup loops;

  @SuppressWarnings("NullAway.Init")
  private DatagramChannel channel;

  @SuppressWarnings("NullAway.Init")
  private DatagramPort port;

  private volatile boolean closed;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(Transports.nativeAvailable(), "needs Linux and epoll");
    loops = Transports.newLoops(1, true, "port-test");
    channel = Transports.newDatagramSocket(loopOf(), SocketProtocolFamily.INET6);
    channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
    Await.result(loops.next().register(channel));
    Await.result(channel.bind(new InetSocketAddress("::", 0)));
    port = loops.submit(() -> DatagramPort.open(channel, new Collector())).get();
    channel.closeFuture().addListener(done -> port.close());
  }

  private io.netty.channel.EventLoop loopOf() {
    return loops.next();
  }

  @AfterEach
  void close() {
    if (loops != null) {
      Await.result(loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS));
      assertThat(closed).isTrue();
      assertThat(port.send(out)).isEqualTo(-1);
    }
  }

  private final class Collector implements DatagramPort.Listener {
    private final DatagramsIn in = new DatagramsIn();

    @Override
    public void readable() {
      int count = port.receive(in);
      synchronized (DatagramPortTest.this) {
        for (int i = 0; i < count; i++) {
          assertThat(in.six(i)).isFalse();
          assertThat(in.low(i)).isEqualTo(LOOPBACK_LOW);
          int size = in.segment(i) > 0 ? in.segment(i) : Math.max(1, in.length(i));
          for (int at = 0; at < in.length(i) || at == 0; at += size) {
            byte[] datagram = new byte[Math.min(size, in.length(i) - at)];
            in.payloads().bytes().get(in.place(i) + at, datagram);
            received.add(datagram);
          }
        }
      }
    }

    @Override
    public void closed() {
      closed = true;
    }
  }

  private List<byte[]> add(int count, int target) {
    Random random = new Random(7);
    List<byte[]> sent = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[i % 7 == 3 ? random.nextInt(1000) : i % 11 == 5 ? 0 : 1000];
      random.nextBytes(bytes);
      buffer.bytes().put(at, bytes);
      out.add(port, false, 0, LOOPBACK_LOW, target, buffer, at, bytes.length);
      at += bytes.length;
      sent.add(bytes);
    }
    return sent;
  }

  @Test
  void whatIsSentTogetherArrivesEachForItself() throws Exception {
    try (DatagramSocket peer = new DatagramSocket(0, LOOPBACK)) {
      peer.setSoTimeout(5000);
      peer.setReceiveBufferSize(1 << 20);
      List<byte[]> sent = add(100, peer.getLocalPort());
      assertThat(port.send(out)).isEqualTo(100);
      out.clear();
      for (byte[] bytes : sent) {
        DatagramPacket got = new DatagramPacket(new byte[2000], 2000);
        peer.receive(got);
        assertThat(Arrays.copyOf(got.getData(), got.getLength())).isEqualTo(bytes);
      }
      assertThat(port.refused()).isZero();
    }
  }

  @Test
  void batchesAreReceivedWithTheirBounds() {
    int own = channel.localAddress().getPort();
    List<byte[]> sent = add(60, own);
    assertThat(port.send(out)).isEqualTo(60);
    out.clear();
    Await.until("all have come", () -> receivedCount() == 60);
    synchronized (this) {
      for (int i = 0; i < 60; i++) {
        assertThat(received.get(i)).isEqualTo(sent.get(i));
      }
    }
  }

  private synchronized int receivedCount() {
    return received.size();
  }

  /** Longer than the device's packets: they cannot be cut late, and go each by itself. */
  @Test
  void datagramsTooLongForSegmentsGoByThemselves() throws Exception {
    try (DatagramSocket peer = new DatagramSocket(0, LOOPBACK)) {
      peer.setSoTimeout(5000);
      assertThat(port.notInSegments(1000, Libc.EINVAL)).isTrue();
      add(3, peer.getLocalPort());
      assertThat(port.longestSegment()).isEqualTo(999);
      assertThat(port.send(out)).isEqualTo(3);
      out.clear();
      for (int i = 0; i < 3; i++) {
        peer.receive(new DatagramPacket(new byte[2000], 2000));
      }
      assertThat(port.notInSegments(1000, Libc.EPERM)).isFalse();
    }
  }

  @Test
  void aClosedChannelEndsIt() {
    Await.result(channel.close());
    Await.until("it is told", () -> closed);
    assertThat(port.send(out)).isEqualTo(-1);
    Channel gone = channel;
    assertThat(gone.isOpen()).isFalse();
  }
}
