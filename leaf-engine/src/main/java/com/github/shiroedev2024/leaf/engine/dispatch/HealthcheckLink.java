package com.github.shiroedev2024.leaf.engine.dispatch;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import io.netty.buffer.Unpooled;
import io.netty.util.CharsetUtil;

/** Answers the first datagram to {@code healthcheck.leaf} with {@code PONG}, then ends. */
final class HealthcheckLink implements DatagramLink {
  private final Session session;
  private final DatagramSink client;

  HealthcheckLink(Session session, DatagramSink client) {
    this.session = session;
    this.client = client;
  }

  @Override
  public void send(Datagram datagram) {
    if (session.closeReason() == null) {
      session.countSent(datagram.content().readableBytes());
      session.countReceived(4);
      client.receive(
          new Datagram(datagram.peer(), Unpooled.copiedBuffer("PONG", CharsetUtil.US_ASCII)));
      client.receiveComplete();
      session.end(CloseReason.FINISHED, null);
    }
    datagram.release();
  }
}
