package com.github.shiroedev2024.leaf.it.interop;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Picks few cells so that any two facts that occur together in one cell do so in a picked one. */
final class Pairwise {
  private Pairwise() {}

  static List<Cell> of(List<Cell> all) {
    Set<String> missing = new HashSet<>();
    all.forEach(cell -> missing.addAll(pairs(cell)));
    List<Cell> left = new ArrayList<>(all);
    List<Cell> picked = new ArrayList<>();
    while (!missing.isEmpty()) {
      Cell best = left.getFirst();
      int most = -1;
      for (Cell cell : left) {
        Set<String> news = pairs(cell);
        news.retainAll(missing);
        if (news.size() > most) {
          most = news.size();
          best = cell;
        }
      }
      left.remove(best);
      picked.add(best);
      missing.removeAll(pairs(best));
    }
    return picked;
  }

  private static Set<String> pairs(Cell cell) {
    List<String> facts =
        List.of(
            cell.combination().inner(),
            cell.combination().outer(),
            cell.direction().name(),
            cell.peer().name());
    Set<String> pairs = new HashSet<>();
    for (int a = 0; a < facts.size(); a++) {
      for (int b = a + 1; b < facts.size(); b++) {
        pairs.add(facts.get(a) + " & " + facts.get(b));
      }
    }
    return pairs;
  }
}
