package com.github.shiroedev2024.leaf.engine.group.failover;

import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members in the order the last check put them.
 *
 * @param checked false before the first check
 */
record Ranking(List<Place> places, boolean checked) {
  /**
   * One member and its round trip.
   *
   * @param millis null when it failed or was never checked
   */
  record Place(Outbound member, @Nullable Double millis) {}

  Ranking {
    places = List.copyOf(places);
  }

  /** The configured order, nothing known yet. */
  static Ranking unchecked(List<Outbound> members) {
    return new Ranking(members.stream().map(m -> new Place(m, null)).toList(), false);
  }

  /**
   * Ascending by round trip, failed members last, equal ones as configured. The best round trip
   * among the preferred members is taken off all of theirs, so the best of them comes first.
   *
   * @param places in the configured order
   */
  static Ranking of(List<Place> places, Set<String> prefers) {
    double bonus = Double.POSITIVE_INFINITY;
    for (Place place : places) {
      if (place.millis != null && prefers.contains(place.member.tag())) {
        bonus = Math.min(bonus, place.millis);
      }
    }
    Map<Outbound, Double> weights = new HashMap<>();
    for (Place place : places) {
      Double millis = place.millis;
      if (millis != null) {
        boolean preferred = prefers.contains(place.member.tag());
        weights.put(place.member, preferred ? millis - bonus : millis);
      }
    }
    List<Place> sorted = new ArrayList<>(places);
    sorted.sort(
        Comparator.comparingDouble(
            p -> weights.getOrDefault(p.member(), Double.POSITIVE_INFINITY)));
    return new Ranking(sorted, true);
  }

  /** The round trip of this member; null when it failed, was never checked or is none. */
  @Nullable Double millis(Outbound member) {
    for (Place place : places) {
      if (place.member.equals(member)) {
        return place.millis;
      }
    }
    return null;
  }
}
