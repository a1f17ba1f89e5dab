package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * A server's UDP socket. Each client session is an association of its own, which may end and begin
 * anew; how many are remembered is bounded. What cannot be opened is dropped without a word.
 */
final class ServerDatagrams extends ChannelInboundHandlerAdapter {
  private final ShadowsocksInbound inbound;
  private final ServerPackets packets;
  private final long memoryNanos;
  private final Map<Object, Flow> flows = new HashMap<>();
  private final ServerPackets.Known known = this::peer;
  private @Nullable Future<?> sweeping;

  ServerDatagrams(ShadowsocksInbound inbound, ServerPackets packets) {
    this.inbound = inbound;
    this.packets = packets;
    this.memoryNanos = packets.memory().toNanos();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof DatagramPacket packet)) {
      ctx.fireChannelRead(msg);
      return;
    }
    InetSocketAddress from = packet.sender();
    ServerPackets.Opened opened;
    try {
      opened = packets.open(ctx.alloc(), from, packet.content(), known);
    } catch (AEADBadTagException e) {
      inbound.dropped(from, "it does not authenticate");
      return;
    } catch (BadHeaderException e) {
      inbound.dropped(from, String.valueOf(e.getMessage()));
      return;
    } finally {
      packet.release();
    }
    Flow flow = flows.get(opened.session());
    if (flow == null) {
      flow = begin(ctx, opened, from);
    }
    if (flow == null) {
      opened.datagram().release();
    } else {
      flow.send(from, opened.datagram());
    }
  }

  private @Nullable Flow begin(
      ChannelHandlerContext ctx, ServerPackets.Opened opened, InetSocketAddress from) {
    if (flows.size() >= inbound.maxAssociations()) {
      sweep(ctx);
    }
    if (flows.size() >= inbound.maxAssociations()) {
      inbound.full(ctx.channel().eventLoop().ticker().nanoTime());
      return null;
    }
    Flow flow = new Flow(ctx, opened.peer(), from);
    flows.put(opened.session(), flow);
    if (sweeping == null) {
      long interval = inbound.sweepInterval().toNanos();
      sweeping =
          ctx.executor()
              .scheduleWithFixedDelay(() -> sweep(ctx), interval, interval, TimeUnit.NANOSECONDS);
    }
    return flow;
  }

  private ServerPackets.@Nullable Peer peer(Object session) {
    Flow flow = flows.get(session);
    return flow == null ? null : flow.peer;
  }

  private void sweep(ChannelHandlerContext ctx) {
    long now = ctx.channel().eventLoop().ticker().nanoTime();
    flows.values().removeIf(flow -> flow.over() && now - flow.lastNanos >= memoryNanos);
    Future<?> timer = sweeping;
    if (flows.isEmpty() && timer != null) {
      sweeping = null;
      timer.cancel(false);
    }
  }

  /** Also when the socket goes to another inbound. */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    Future<?> timer = sweeping;
    if (timer != null) {
      sweeping = null;
      timer.cancel(false);
    }
    for (Flow flow : flows.values()) {
      Session session = flow.session;
      if (session != null) {
        session.end(CloseReason.FINISHED, null);
      }
    }
    flows.clear();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A datagram that could not be sent (too long, unreachable client) is lost, no more.
    inbound.log().debug("inbound '{}': UDP: {}", inbound.tag(), cause.getMessage());
  }

  /** What goes between one client session and the dispatcher. */
  private final class Flow implements DatagramSink {
    private final ChannelHandlerContext ctx;
    private final ServerPackets.Peer peer;
    private InetSocketAddress client;
    private long lastNanos;
    private @Nullable Session session;
    private @Nullable DatagramLink link;

    Flow(ChannelHandlerContext ctx, ServerPackets.Peer peer, InetSocketAddress client) {
      this.ctx = ctx;
      this.peer = peer;
      this.client = client;
    }

    boolean over() {
      return session == null || session.closeReason() != null;
    }

    void send(InetSocketAddress from, Datagram datagram) {
      client = from;
      lastNanos = ctx.channel().eventLoop().ticker().nanoTime();
      DatagramLink to = link;
      if (to == null || over()) {
        Session opened =
            inbound
                .dispatcher()
                .open(
                    Network.UDP,
                    inbound.tag(),
                    from,
                    datagram.peer(),
                    peer.userId(),
                    ctx.channel().eventLoop());
        to = inbound.dispatcher().associate(opened, this);
        session = opened;
        link = to;
      }
      to.send(datagram);
    }

    @Override
    public void receive(Datagram datagram) {
      try {
        if (ctx.channel().isWritable()) {
          ctx.write(
              new DatagramPacket(
                  peer.seal(ctx.alloc(), datagram.peer(), datagram.content()), client),
              ctx.voidPromise());
        }
      } catch (BadHeaderException e) {
        inbound.dropped(client, "an answer: " + e.getMessage());
      } finally {
        datagram.release();
      }
    }

    @Override
    public void receiveComplete() {
      ctx.flush();
    }
  }
}
