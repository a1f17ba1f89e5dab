package com.github.shiroedev2024.leaf.engine.protocol.socks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Goes through a SOCKS5 server. A stream is one connection to it; an association is a connection
 * that only keeps it alive, and a datagram path to the address the server gave for it.
 */
public final class SocksOutbound implements Outbound {
  private static final Destination ANY = Destination.of(new byte[4], 0);

  private final String tag;
  private final SocksOutboundOptions options;
  private final Duration timeout;

  SocksOutbound(String tag, SocksOutboundOptions options, OutboundContext context) {
    this.tag = tag;
    this.options = options;
    this.timeout = context.options().get(EngineOptions.OUTBOUND_DIAL_TIMEOUT);
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public boolean carries(Network network) {
    return true;
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    return Connecting.then(
        session,
        below.dial(session, options.server()),
        (channel, ready) ->
            SocksClientHandler.shake(
                channel,
                options,
                SocksRequest.CONNECT,
                destination,
                timeout,
                ready,
                bound -> {
                  Path.passed(channel, this);
                  Connecting.deliver(ready, channel);
                }));
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return Connecting.then(
        session,
        below.dial(session, options.server()),
        (control, ready) ->
            SocksClientHandler.shake(
                control,
                options,
                SocksRequest.ASSOCIATE,
                ANY,
                timeout,
                ready,
                bound -> open(session, control, relay(control, bound, below), below, ready)));
  }

  /** Where datagrams go: an unspecified address means the server's own. */
  private Destination relay(Channel control, Destination bound, Dialer below) {
    InetAddress address = bound.address();
    if (address == null || !address.isAnyLocalAddress()) {
      return bound;
    }
    // Only our own socket tells the server's address; in a chain its far end is somebody else.
    return below.isSystem() && control.remoteAddress() instanceof InetSocketAddress peer
        ? Destination.of(peer).withPort(bound.port())
        : options.server().withPort(bound.port());
  }

  private void open(
      Session session, Channel control, Destination relay, Dialer below, Promise<Channel> ready) {
    Future<Channel> opening = below.associate(session, relay);
    ready.addListener(
        done -> {
          if (done.isCancelled()) {
            opening.cancel(false);
          }
        });
    opening.addListener(
        (Future<Channel> opened) -> {
          if (!opened.isSuccess()) {
            ready.tryFailure(
                SessionException.of(opened.cause(), CloseReason.DIAL_FAILED)
                    .at("UDP of socks server " + options.server()));
            return;
          }
          Channel udp = opened.getNow();
          if (!control.isActive()) {
            udp.close();
            ready.tryFailure(
                new SessionException(
                    CloseReason.HANDSHAKE_FAILED,
                    "socks server " + options.server() + " ended the association at once"));
            return;
          }
          control.closeFuture().addListener(closed -> udp.close());
          udp.closeFuture().addListener(closed -> control.close());
          udp.pipeline().addLast(new SocksDatagramHandler(relay));
          control.pipeline().addLast(SocksControlHandler.INSTANCE);
          control.config().setAutoRead(true);
          Path.passed(udp, this);
          Connecting.deliver(ready, udp);
        });
  }
}
