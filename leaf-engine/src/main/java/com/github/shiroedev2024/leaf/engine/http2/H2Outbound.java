package com.github.shiroedev2024.leaf.engine.http2;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;

/** Streams to the destination, over pooled connections to it. */
public final class H2Outbound implements Outbound {
  private final String tag;
  private final H2Request request;
  private final H2Pool pool;

  public H2Outbound(String tag, H2Request request, EngineOptions options) {
    this.tag = tag;
    this.request = request;
    this.pool = new H2Pool(request, this, options.get(EngineOptions.OUTBOUND_DIAL_TIMEOUT));
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public boolean carries(Network network) {
    return network == Network.TCP;
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    return pool.open(session, destination, below);
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return Connecting.failed(
        session, CloseReason.NOT_SUPPORTED, request.name() + " '" + tag + "' does not carry udp");
  }

  @Override
  public void close() {
    pool.close();
  }
}
