package com.github.shiroedev2024.leaf.engine.fakes;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;

/** Channels whose other end is fuzzed, as outbounds dial them and as listeners accept them. */
public final class FuzzDialer implements Dialer {
  private static final Destination SERVER = Destination.of("a.example", 443);

  private final EmbeddedChannel channel;

  private FuzzDialer(EmbeddedChannel channel) {
    this.channel = channel;
  }

  @Override
  public boolean isSystem() {
    return true;
  }

  /** A channel that the outbound has dialled; its streams drop what they read. */
  public static EmbeddedChannel dialled(Outbound outbound) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    channel.config().setAutoRead(false);
    Session session =
        new Session(
            1,
            Network.TCP,
            "in",
            new InetSocketAddress("127.0.0.1", 9),
            SERVER,
            null,
            channel.eventLoop(),
            SessionEvents.NONE,
            0);
    outbound
        .connect(session, SERVER, new FuzzDialer(channel))
        .addListener(
            (Future<Channel> opened) -> {
              if (opened.isSuccess()) {
                Channel stream = opened.getNow();
                if (stream != channel) {
                  drop(stream);
                }
                stream.config().setAutoRead(true);
              }
            });
    return channel;
  }

  /** A channel that a listener has accepted, which some of Netty's handlers ask for. */
  public static EmbeddedChannel accepted() {
    EmbeddedChannel channel =
        new EmbeddedChannel(new LocalServerChannel(), DefaultChannelId.newInstance(), true, false);
    channel.freezeTime();
    return channel;
  }

  /** Has this stream drop what it reads, and close when it fails. */
  public static void drop(Channel stream) {
    stream
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object msg) {
                ReferenceCountUtil.release(msg);
              }

              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                ctx.close();
              }
            });
  }

  @Override
  public Future<Channel> dial(Session session, Destination destination) {
    return session.loop().newSucceededFuture(channel);
  }

  @Override
  public Future<Channel> associate(Session session, Destination first) {
    throw new AssertionError("no datagrams are fuzzed over a dialled channel");
  }
}
