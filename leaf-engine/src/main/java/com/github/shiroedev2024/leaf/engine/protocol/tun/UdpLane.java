package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.os.DatagramPort;
import com.github.shiroedev2024.leaf.engine.os.DatagramsIn;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The short way of a session whose datagrams leave as they are: the queue's thread sends them
 * itself, and what comes is made packets without becoming an object first. It lasts as long as the
 * session's socket.
 */
final class UdpLane implements DatagramPort.Listener {
  /** Messages received before the loop's other sockets have their turn. */
  private static final int TURN = 8 * DatagramsIn.MAX;

  private static final int DNS_PORT = 53;

  /** Datagrams that go the long way behind others. */
  private static final int PATIENCE = 128;

  /** How old the count of what was sent may be. */
  private static final long REPORT_MILLIS = 100;

  private final UdpFlow flow;
  private final UdpWriter writer;
  private final DatagramLink link;
  private final Channel socket;
  private final AtomicLong unreported = new AtomicLong();
  private final AtomicBoolean reporting = new AtomicBoolean();
  private int waited; // of the queues' threads; any recent value does
  private @Nullable DatagramPort port; // set before anybody else knows of this

  private UdpLane(UdpFlow flow, UdpWriter writer, DatagramLink link, Channel socket) {
    this.flow = flow;
    this.writer = writer;
    this.link = link;
    this.socket = socket;
  }

  /** Opens it, if the link has a socket to itself; null if not. On the flow's loop. */
  static @Nullable UdpLane open(UdpFlow flow, UdpWriter writer, DatagramLink link)
      throws IOException {
    Channel socket = link.socket();
    if (socket == null || !DatagramPort.fits(socket)) {
      return null;
    }
    UdpLane lane = new UdpLane(flow, writer, link, socket);
    DatagramPort port = DatagramPort.open(socket, lane);
    lane.port = port;
    socket.closeFuture().addListener(closed -> port.close());
    return lane;
  }

  DatagramPort port() {
    DatagramPort open = port;
    if (open == null) {
      throw new IllegalStateException("not open yet");
    }
    return open;
  }

  EventLoop loop() {
    return flow.loop;
  }

  /**
   * Whether a datagram may be sent by this while others are underway on the long way. It must not
   * overtake them, but where the loop never gets to an end it has to.
   */
  boolean free(int underway) {
    waited = underway == 0 ? 0 : waited + 1;
    return waited == 0 || waited > PATIENCE;
  }

  /** Gives the socket back to the link for good. On the loop. */
  void leave() {
    port().close();
    socket.config().setAutoRead(true);
  }

  /** Notes what was sent. From any thread. */
  void sent(long bytes) {
    if (bytes > 0 && unreported.getAndAdd(bytes) == 0 && reporting.compareAndSet(false, true)) {
      try {
        flow.loop.schedule(this::report, REPORT_MILLIS, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        reporting.set(false); // the loops have ended, and all sessions with them
      }
    }
  }

  private void report() {
    reporting.set(false);
    link.moved(unreported.getAndSet(0), 0, false);
  }

  @Override
  public void readable() {
    DatagramsIn in = writer.incoming();
    for (int turn = 0; turn < TURN; turn += DatagramsIn.MAX) {
      int count = port().receive(in);
      if (count == 0) {
        return;
      }
      long bytes = 0;
      for (int i = 0; i < count; i++) {
        bytes += in.length(i);
      }
      link.moved(0, bytes, in.port(count - 1) == DNS_PORT);
      writer.write(flow, in, count);
      if (count < DatagramsIn.MAX) {
        return;
      }
    }
  }

  @Override
  public void closed() {
    report();
    flow.left(this);
  }
}
