package com.github.shiroedev2024.leaf.engine.group.failover;

import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which members sessions of one network try, and in which order. The order is the last check's,
 * with one exception: when the first member failed a session and another one carried it, that other
 * one is in use, and comes first if checks are on, until the next check has put things right.
 *
 * <p>From any thread. Writers race only about {@link #inUse}, where any of them is right.
 */
final class Lineup {
  private final Network network;
  private final boolean failover;
  private final boolean keepsDetours;
  private volatile Ranking ranking;
  private volatile @Nullable Outbound inUse;

  /**
   * @param failover false when only the best member is tried
   * @param keepsDetours whether a member that stepped in stays first until the next check; without
   *     checks the configured order would be lost for good
   */
  Lineup(List<Outbound> members, Network network, boolean failover, boolean keepsDetours) {
    this.network = network;
    this.failover = failover;
    this.keepsDetours = keepsDetours;
    this.ranking = Ranking.unchecked(members);
  }

  Network network() {
    return network;
  }

  Ranking ranking() {
    return ranking;
  }

  /** A check has ended. */
  void publish(Ranking checked) {
    ranking = checked;
    inUse = null;
  }

  /** The members a session tries, in this order; those that do not carry the network left out. */
  List<Outbound> candidates() {
    List<Outbound> candidates = new ArrayList<>();
    for (Ranking.Place place : ranking.places()) {
      Outbound member = place.member();
      if (member.carries(network)) {
        candidates.add(member);
        if (!failover) {
          break;
        }
      }
    }
    Outbound detour = inUse;
    if (keepsDetours && detour != null && candidates.remove(detour)) {
      candidates.addFirst(detour);
    }
    return candidates;
  }

  /** The member the check put first; null when none carries the network. */
  @Nullable Outbound head() {
    for (Ranking.Place place : ranking.places()) {
      if (place.member().carries(network)) {
        return place.member();
      }
    }
    return null;
  }

  /** What carried the last session if that was not the head, else null. */
  @Nullable Outbound inUse() {
    return inUse;
  }

  /**
   * A session went through {@code member} after the head had failed it; null: the head itself.
   *
   * @return whether that is news
   */
  boolean inUse(@Nullable Outbound member) {
    if (Objects.equals(inUse, member)) {
      return false;
    }
    inUse = member;
    return true;
  }
}
