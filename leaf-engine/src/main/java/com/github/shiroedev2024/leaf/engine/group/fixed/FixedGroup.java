package com.github.shiroedev2024.leaf.engine.group.fixed;

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
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Sends each session through the member whose turn it is, whether that one is alive or not. */
final class FixedGroup implements Group {
  private final String tag;
  private final List<Outbound> members;
  private final Turn tcp;
  private final Turn udp;

  /**
   * @param draw a random number from 0 up to, not including, its argument
   */
  FixedGroup(
      String tag, List<Outbound> members, FixedOptions.Method method, IntUnaryOperator draw) {
    this.tag = tag;
    this.members = List.copyOf(new LinkedHashSet<>(members));
    this.tcp = new Turn(members, Network.TCP, method, draw);
    this.udp = new Turn(members, Network.UDP, method, draw);
  }

  /** Whose turn it is on one network, among the members that carry it. From any thread. */
  private static final class Turn {
    private final List<Outbound> candidates = new ArrayList<>();
    private final FixedOptions.Method method;
    private final IntUnaryOperator draw;
    private final AtomicInteger index = new AtomicInteger();

    Turn(
        List<Outbound> members,
        Network network,
        FixedOptions.Method method,
        IntUnaryOperator draw) {
      for (Outbound member : members) {
        if (member.carries(network)) {
          candidates.add(member);
        }
      }
      this.method = method;
      this.draw = draw;
      if (method != FixedOptions.Method.ROUND_ROBIN && !candidates.isEmpty()) {
        index.set(draw.applyAsInt(candidates.size()));
      }
    }

    /** The member of the next session. */
    @Nullable Outbound current() {
      return candidates.isEmpty() ? null : candidates.get(index.get());
    }

    /** The member of this session; the turn passes to another one. */
    @Nullable Outbound take() {
      int size = candidates.size();
      if (size == 0) {
        return null;
      }
      return candidates.get(
          switch (method) {
            case RANDOM -> index.getAndSet(draw.applyAsInt(size));
            case RANDOM_ONCE -> index.get();
            case ROUND_ROBIN -> index.getAndUpdate(i -> (i + 1) % size);
          });
    }
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public List<Outbound> members() {
    return members;
  }

  @Override
  public Outbound current(Network network) {
    Outbound next = (network == Network.TCP ? tcp : udp).current();
    return next == null ? members.getFirst() : next;
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    Outbound member = tcp.take();
    return member == null
        ? carriesNone(session, Network.TCP)
        : Connecting.through(session, this, member.connect(session, destination, below));
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    Outbound member = udp.take();
    return member == null
        ? carriesNone(session, Network.UDP)
        : Connecting.through(session, this, member.associate(session, first, below));
  }

  private Future<Channel> carriesNone(Session session, Network network) {
    return Connecting.failed(
        session,
        CloseReason.NOT_SUPPORTED,
        "group '" + tag + "': no member carries " + network.word());
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
