package com.github.shiroedev2024.leaf.engine.protocol.redirect;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

/** Sends everything to one fixed address, whatever the client asked for. */
public final class RedirectOutbound implements Outbound {
  private final String tag;
  private final Destination target;

  public RedirectOutbound(String tag, Destination target) {
    this.tag = tag;
    this.target = target;
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    return Connecting.then(session, below.dial(session, target), this::deliver);
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    if (!carries(Network.UDP)) {
      return Connecting.failed(
          session,
          CloseReason.NOT_SUPPORTED,
          "outbound '" + tag + "' redirects to the name " + target + "; UDP needs an IP address");
    }
    return Connecting.then(
        session,
        below.associate(session, target),
        (channel, ready) -> {
          channel.pipeline().addLast(new Readdress(target, first));
          deliver(channel, ready);
        });
  }

  @Override
  public boolean carries(Network network) {
    return network == Network.TCP || !target.isDomain();
  }

  private void deliver(Channel channel, Promise<Channel> ready) {
    Path.passed(channel, this);
    Connecting.deliver(ready, channel);
  }

  /**
   * Datagrams out go to the target; what comes back seems to come from where the client last sent
   * to, since that is the only peer it expects an answer from.
   */
  private static final class Readdress extends ChannelDuplexHandler {
    private final Destination target;
    private Destination original;

    Readdress(Destination target, Destination original) {
      this.target = target;
      this.original = original;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
      if (msg instanceof Datagram datagram) {
        original = datagram.peer();
        ctx.write(new Datagram(target, datagram.content()), promise);
      } else {
        ctx.write(msg, promise);
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      if (msg instanceof Datagram datagram) {
        ctx.fireChannelRead(new Datagram(original, datagram.content()));
      } else {
        ctx.fireChannelRead(msg);
      }
    }
  }
}
