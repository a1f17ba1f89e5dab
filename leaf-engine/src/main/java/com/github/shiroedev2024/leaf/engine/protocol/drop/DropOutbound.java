package com.github.shiroedev2024.leaf.engine.protocol.drop;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;

/** Fails every session at once and opens nothing. */
public final class DropOutbound implements Outbound {
  private final String tag;

  public DropOutbound(String tag) {
    this.tag = tag;
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    return dropped(session, destination);
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return dropped(session, first);
  }

  /** True for both: it takes any traffic, in order to drop it. */
  @Override
  public boolean carries(Network network) {
    return true;
  }

  private Future<Channel> dropped(Session session, Destination destination) {
    return Connecting.failed(
        session, CloseReason.DROPPED, destination + " is dropped by outbound '" + tag + "'");
  }
}
