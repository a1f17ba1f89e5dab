package com.github.shiroedev2024.leaf.engine.group.select;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.Selectable;
import com.github.shiroedev2024.leaf.engine.spi.Selections;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sends every new session through the one member that was picked. */
final class SelectGroup implements Selectable {
  private final String tag;
  private final List<Outbound> members;
  private final Selections selections;
  private volatile Outbound selected;

  SelectGroup(String tag, List<Outbound> members, Selections selections) {
    this.tag = tag;
    this.members = members;
    this.selections = selections;
    this.selected = remembered();
  }

  /** The remembered member if it still is one, else the first. */
  private Outbound remembered() {
    String name = selections.selected(tag);
    Outbound known = name == null ? null : member(name);
    return known == null ? members.getFirst() : known;
  }

  private @Nullable Outbound member(String name) {
    for (Outbound member : members) {
      if (member.tag().equals(name)) {
        return member;
      }
    }
    return null;
  }

  /** Takes over a choice made in the engine before this one went live, and writes down its own. */
  @Override
  public void start() {
    Outbound choice = remembered();
    selected = choice;
    if (!choice.tag().equals(selections.selected(tag))) {
      selections.select(tag, choice.tag());
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
    return selected;
  }

  @Override
  public boolean select(String member) {
    Outbound choice = member(member);
    if (choice == null) {
      return false;
    }
    selected = choice;
    selections.select(tag, member);
    return true;
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    return Connecting.through(session, this, selected.connect(session, destination, below));
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return Connecting.through(session, this, selected.associate(session, first, below));
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
