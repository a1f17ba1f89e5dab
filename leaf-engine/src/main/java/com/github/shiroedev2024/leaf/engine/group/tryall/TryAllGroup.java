package com.github.shiroedev2024.leaf.engine.group.tryall;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Group;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Dials all members, each a little later than the one before, and takes the first that is up. */
final class TryAllGroup implements Group {
  private final String tag;
  private final List<Outbound> members;
  private final Duration delay;
  private volatile Outbound lastTcp;
  private volatile Outbound lastUdp;

  TryAllGroup(String tag, List<Outbound> members, Duration delay) {
    this.tag = tag;
    this.members = members;
    this.delay = delay;
    this.lastTcp = first(Network.TCP);
    this.lastUdp = first(Network.UDP);
  }

  private Outbound first(Network network) {
    for (Outbound member : members) {
      if (member.carries(network)) {
        return member;
      }
    }
    return members.getFirst();
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public List<Outbound> members() {
    return members;
  }

  /** The member that won last; before the first session the one that is dialled first. */
  @Override
  public Outbound current(Network network) {
    return network == Network.TCP ? lastTcp : lastUdp;
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    return race(session, Network.TCP, m -> m.connect(session, destination, below));
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return race(session, Network.UDP, m -> m.associate(session, first, below));
  }

  private Future<Channel> race(
      Session session, Network network, Function<Outbound, Future<Channel>> dial) {
    List<Outbound> runners = members.stream().filter(m -> m.carries(network)).toList();
    if (runners.isEmpty()) {
      return Connecting.failed(
          session,
          CloseReason.NOT_SUPPORTED,
          "group '" + tag + "': no member carries " + network.word());
    }
    Race race = new Race(session, this, runners, delay, dial, won -> won(network, won));
    return race.start();
  }

  private void won(Network network, Outbound member) {
    if (network == Network.TCP) {
      lastTcp = member;
    } else {
      lastUdp = member;
    }
  }

  @Override
  public boolean carries(Network network) {
    return members.stream().anyMatch(m -> m.carries(network));
  }

  @Override
  public boolean carriesOver(Network network, Set<Network> below) {
    return members.stream().anyMatch(m -> m.carriesOver(network, below));
  }
}
