package com.github.shiroedev2024.leaf.engine.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A client's association through the outbound of an engine. */
public final class Association implements DatagramSink {
  private final Queue<Datagram> replies = new ConcurrentLinkedQueue<>();
  private final Session session;
  private final DatagramLink link;

  public Association(SmallEngine engine, Destination first) {
    session = engine.session(Network.UDP, first);
    link = engine.onLoop(session, () -> engine.associate(session, this));
  }

  public Session session() {
    return session;
  }

  /** So many bytes go to the echo server and come back from it. */
  public void exchange(EchoServer echo, int size) {
    Destination peer = Destination.of("127.0.0.1", echo.port());
    byte[] payload = Seeds.bytes(new Random(size), size);
    send(peer, payload);
    Datagram reply = Await.value("reply of " + size, replies::poll);
    assertThat(reply.peer()).isEqualTo(peer);
    assertThat(ByteBufUtil.getBytes(reply.content())).isEqualTo(payload);
    reply.release();
  }

  public void send(Destination to, byte[] payload) {
    session.loop().execute(() -> link.send(new Datagram(to, Unpooled.wrappedBuffer(payload))));
  }

  @Override
  public void receive(Datagram datagram) {
    replies.add(datagram);
  }

  @Override
  public void receiveComplete() {}
}
