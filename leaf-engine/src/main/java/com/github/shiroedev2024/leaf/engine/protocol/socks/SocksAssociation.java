package com.github.shiroedev2024.leaf.engine.protocol.socks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One UDP ASSOCIATE: a UDP socket on the address at which the client reached us, on the client's
 * event loop. It lives as long as the client's TCP connection. Each source address behind it is a
 * session of its own; a session that ended is followed by a new one at the next datagram.
 */
final class SocksAssociation extends ChannelInboundHandlerAdapter {
  /** Source addresses one association may use at once. */
  private static final int MAX_SOURCES = 256;

  /** Any UDP datagram fits. */
  private static final int MAX_DATAGRAM = 65_535;

  /** Payloads up to this size move to a buffer of their own size, so that none holds 64 KiB. */
  private static final int SMALL = 4_096;

  private final SocksInbound inbound;
  private final InetSocketAddress client;
  private final @Nullable String userId;
  private final Map<InetSocketAddress, Flow> flows = new HashMap<>(2);
  private @Nullable Flow last;

  /**
   * @param client the client's end of the TCP connection. Datagrams count from its IP and any port:
   *     what a client announces in its request may be zeros, its TCP port, or its destination,
   *     which can lie on its own IP too
   */
  SocksAssociation(SocksInbound inbound, InetSocketAddress client, @Nullable String userId) {
    this.inbound = inbound;
    this.client = client;
    this.userId = userId;
  }

  /** Binds the socket and ties its life to the TCP connection's. */
  Future<Channel> open(Channel control) {
    Promise<Channel> opened = control.eventLoop().newPromise();
    InetSocketAddress reached = ClientOrigin.reached(control);
    ChannelFuture bound =
        new Bootstrap()
            .group(control.eventLoop())
            .channel(Transports.datagramChannel(control.eventLoop()))
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM))
            .handler(this)
            .bind(new InetSocketAddress(reached.getAddress(), 0));
    bound.addListener(
        done -> {
          if (done.isSuccess()) {
            Channel udp = bound.channel();
            control.closeFuture().addListener(closed -> udp.close());
            udp.closeFuture().addListener(closed -> control.close());
            opened.setSuccess(udp);
          } else {
            opened.setFailure(done.cause());
          }
        });
    return opened;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof DatagramPacket packet)) {
      ReferenceCountUtil.release(msg);
      return;
    }
    InetSocketAddress source = packet.sender();
    if (!source.getAddress().equals(client.getAddress())) {
      packet.release();
      return;
    }
    Flow flow = flow(ctx, source);
    Destination peer = flow == null ? null : flow.codec.read(packet.content());
    if (flow == null || peer == null) {
      packet.release();
      return;
    }
    flow.send(new Datagram(peer, fitted(ctx, packet.content())));
  }

  /** Takes ownership of the buffer, and answers one that is not much larger than what it holds. */
  private static ByteBuf fitted(ChannelHandlerContext ctx, ByteBuf content) {
    int length = content.readableBytes();
    if (length > SMALL) {
      return content;
    }
    try {
      return ctx.alloc().buffer(length).writeBytes(content);
    } finally {
      content.release();
    }
  }

  private @Nullable Flow flow(ChannelHandlerContext ctx, InetSocketAddress source) {
    Flow flow = last;
    if (flow == null || !flow.source.equals(source)) {
      flow = flows.get(source);
    }
    if (flow == null) {
      if (flows.size() >= MAX_SOURCES) {
        flows.values().removeIf(Flow::over);
      }
      if (flows.size() >= MAX_SOURCES) {
        return null;
      }
      flow = new Flow(ctx, source);
      flows.put(source, flow);
    }
    last = flow;
    return flow;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    for (Flow flow : flows.values()) {
      Session session = flow.session;
      if (session != null) {
        session.end(CloseReason.FINISHED, null);
      }
    }
    flows.clear();
    last = null;
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A datagram that could not be sent (too long, unreachable client) is lost, no more.
    inbound
        .log()
        .debug(
            "inbound '{}': UDP of {}: {}",
            inbound.tag(),
            client,
            String.valueOf(cause.getMessage()));
  }

  /** What goes between one source address and the dispatcher. */
  private final class Flow implements DatagramSink {
    private final ChannelHandlerContext ctx;
    private final InetSocketAddress source;
    private final SocksDatagram codec = new SocksDatagram();
    private @Nullable Session session;
    private @Nullable DatagramLink link;

    Flow(ChannelHandlerContext ctx, InetSocketAddress source) {
      this.ctx = ctx;
      this.source = source;
    }

    boolean over() {
      return session == null || session.closeReason() != null;
    }

    void send(Datagram datagram) {
      DatagramLink to = link;
      if (to == null || over()) {
        Session opened =
            inbound
                .dispatcher()
                .open(
                    Network.UDP,
                    inbound.tag(),
                    source,
                    datagram.peer(),
                    userId,
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
          ByteBuf framed = codec.write(ctx.alloc(), datagram.peer(), datagram.content());
          ctx.write(new DatagramPacket(framed, source), ctx.voidPromise());
        }
      } catch (IllegalArgumentException e) {
        inbound.log().debug("inbound '{}': lost a datagram: {}", inbound.tag(), e.getMessage());
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
