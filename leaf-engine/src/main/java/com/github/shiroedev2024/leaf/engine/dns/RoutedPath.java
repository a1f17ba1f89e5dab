package com.github.shiroedev2024.leaf.engine.dns;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import com.github.shiroedev2024.leaf.engine.spi.Dispatcher;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/** Through the dispatcher, as sessions of the inbound {@code dnsclient}, so that rules apply. */
final class RoutedPath implements ServerPath {
  /** The inbound tag of Leaf's own lookups. */
  static final String INBOUND_TAG = "dnsclient";

  private static final InetSocketAddress SOURCE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final Destination server;
  private final Supplier<Dispatcher> dispatcher;

  RoutedPath(InetSocketAddress server, Supplier<Dispatcher> dispatcher) {
    this.server = Destination.of(server);
    this.dispatcher = dispatcher;
  }

  @Override
  public Conversation datagrams(EventLoop loop, Listener listener) {
    Session session = dispatcher.get().open(Network.UDP, INBOUND_TAG, SOURCE, server, null, loop);
    return new Association(session, listener);
  }

  @Override
  public Conversation stream(EventLoop loop, Listener listener) {
    Dispatcher through = dispatcher.get();
    Session session = through.open(Network.TCP, INBOUND_TAG, SOURCE, server, null, loop);
    ChannelConversation conversation = new ChannelConversation(listener);
    through
        .connect(session)
        .addListener(
            (Future<Channel> connected) -> {
              if (!connected.isSuccess()) {
                conversation.failed(connected.cause());
                return;
              }
              Channel channel = connected.getNow();
              session.onEnd(reason -> channel.close());
              channel.closeFuture().addListener(closed -> session.end(CloseReason.FINISHED, null));
              channel.pipeline().addLast(new Counter(session));
              conversation.opened(channel, true);
            });
    return conversation;
  }

  private final class Association implements Conversation, DatagramSink {
    private final Session session;
    private final Listener listener;
    private final DatagramLink link;
    private boolean closed;

    Association(Session session, Listener listener) {
      this.session = session;
      this.listener = listener;
      this.link = dispatcher.get().associate(session, this);
    }

    @Override
    public void send(ByteBuf message) {
      CloseReason ended = session.closeReason();
      if (closed) {
        message.release();
      } else if (ended != null) {
        message.release();
        closed = true;
        String detail = session.closeDetail();
        SessionException cause =
            new SessionException(ended, detail == null ? ended.text() : detail);
        session.loop().execute(() -> listener.failed(cause));
      } else {
        link.send(new Datagram(server, message));
      }
    }

    @Override
    public void receive(Datagram datagram) {
      try {
        if (!closed && datagram.peer().equals(server)) {
          listener.received(datagram.content());
        }
      } finally {
        datagram.release();
      }
    }

    @Override
    public void receiveComplete() {}

    @Override
    public void close() {
      closed = true;
      session.end(CloseReason.FINISHED, null);
    }
  }

  /** Counts what the session moves, as its relay would. */
  private static final class Counter extends ChannelDuplexHandler {
    private final Session session;

    Counter(Session session) {
      this.session = session;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
      if (msg instanceof ByteBuf bytes) {
        session.countSent(bytes.readableBytes());
      }
      ctx.write(msg, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      if (msg instanceof ByteBuf bytes) {
        session.countReceived(bytes.readableBytes());
      }
      ctx.fireChannelRead(msg);
    }
  }
}
