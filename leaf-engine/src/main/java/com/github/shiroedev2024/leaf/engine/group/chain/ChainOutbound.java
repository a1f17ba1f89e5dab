package com.github.shiroedev2024.leaf.engine.group.chain;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Layers;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A stack of outbounds. The last actor is asked for the destination; whatever it dials, its own
 * server or the destination, the actor before it is asked for, and so on down to the first, which
 * dials what lies below the chain.
 */
final class ChainOutbound implements Outbound {
  private final String tag;
  private final List<Outbound> actors;

  ChainOutbound(String tag, List<Outbound> actors) {
    this.tag = tag;
    this.actors = actors;
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    return Connecting.through(session, this, Layers.over(actors, below).dial(session, destination));
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    if (!carries(Network.UDP)) {
      return Connecting.failed(
          session, CloseReason.NOT_SUPPORTED, "chain '" + tag + "' does not carry udp");
    }
    return Connecting.through(session, this, Layers.over(actors, below).associate(session, first));
  }

  @Override
  public boolean carries(Network network) {
    return carriesOver(network, EnumSet.allOf(Network.class));
  }

  @Override
  public boolean carriesOver(Network network, Set<Network> below) {
    Set<Network> carried = below;
    for (Outbound actor : actors) {
      EnumSet<Network> above = EnumSet.noneOf(Network.class);
      for (Network each : Network.values()) {
        if (actor.carriesOver(each, carried)) {
          above.add(each);
        }
      }
      carried = above;
    }
    return carried.contains(network);
  }
}
