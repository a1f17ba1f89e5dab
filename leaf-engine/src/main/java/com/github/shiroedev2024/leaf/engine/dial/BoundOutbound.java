package com.github.shiroedev2024.leaf.engine.dial;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.Set;

/**
 * An outbound whose own sockets leave by an interface of its own. Over another outbound, which has
 * the sockets then, it is as it was. Of several that are stacked the lowest decides.
 */
public final class BoundOutbound implements Outbound {
  private final Outbound outbound;
  private final SystemDialer bound;

  /**
   * Binds what this outbound opens.
   *
   * @param bound stands in for the system's dialer
   */
  public BoundOutbound(Outbound outbound, SystemDialer bound) {
    this.outbound = outbound;
    this.bound = bound;
  }

  private Dialer ground(Dialer below) {
    return below.isSystem() ? bound : below;
  }

  @Override
  public String tag() {
    return outbound.tag();
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    return outbound.connect(session, destination, ground(below));
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return outbound.associate(session, first, ground(below));
  }

  @Override
  public boolean carries(Network network) {
    return outbound.carries(network);
  }

  @Override
  public boolean carriesOver(Network network, Set<Network> below) {
    return outbound.carriesOver(network, below);
  }

  @Override
  public void start() {
    outbound.start();
  }

  @Override
  public void close() {
    outbound.close();
  }
}
