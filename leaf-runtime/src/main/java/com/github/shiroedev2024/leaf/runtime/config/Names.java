package com.github.shiroedev2024.leaf.runtime.config;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The spellings of a key, and the nearest valid one to a misspelt name. */
final class Names {
  private static final int LONGEST_COMPARED = 64;
  private static final int MOST_LISTED = 30;

  private Names() {}

  /** {@code fail-timeout} or {@code fail_timeout} as {@code failTimeout}. */
  static String camel(String key) {
    StringBuilder camel = new StringBuilder(key.length());
    boolean upper = false;
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if ((c == '-' || c == '_') && i > 0) {
        upper = true;
      } else {
        camel.append(upper ? Character.toUpperCase(c) : c);
        upper = false;
      }
    }
    return camel.toString();
  }

  /** {@code failTimeout} as {@code fail-timeout}. */
  static String kebab(String key) {
    StringBuilder kebab = new StringBuilder(key.length() + 4);
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (Character.isUpperCase(c)) {
        kebab.append('-').append(Character.toLowerCase(c));
      } else {
        kebab.append(c);
      }
    }
    return kebab.toString();
  }

  /** A remedy that names the nearest of the valid names, or lists them when they are few. */
  static String suggest(String name, Collection<String> valid) {
    String nearest = nearest(name, valid);
    if (nearest != null) {
      return "did you mean '" + nearest + "'?";
    }
    if (valid.isEmpty()) {
      return "remove it";
    }
    return valid.size() <= MOST_LISTED ? "use one of " + String.join(", ", valid) : "remove it";
  }

  /** The valid name with the fewest edits, if those are few for its length; else null. */
  static @Nullable String nearest(String name, Collection<String> valid) {
    if (name.isEmpty() || name.length() > LONGEST_COMPARED) {
      return null;
    }
    String folded = fold(name);
    String best = null;
    int least = Math.max(1, Math.min(3, name.length() / 3)) + 1;
    for (String candidate : valid) {
      if (candidate.length() > LONGEST_COMPARED) {
        continue;
      }
      int edits = edits(folded, fold(candidate), least);
      if (edits < least) {
        least = edits;
        best = candidate;
      }
    }
    return best == null ? containing(kebab(name), valid) : best;
  }

  /** The shortest valid name that has all words of this one: check-interval for interval. */
  private static @Nullable String containing(String name, Collection<String> valid) {
    List<String> words = List.of(fold(name).split("-", -1));
    String best = null;
    for (String candidate : valid) {
      List<String> longer = List.of(fold(kebab(candidate)).split("-", -1));
      if (longer.size() > words.size()
          && longer.containsAll(words)
          && (best == null || candidate.length() < best.length())) {
        best = candidate;
      }
    }
    return best;
  }

  private static String fold(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Insertions, deletions, replacements and swaps of neighbours; gives up at the limit. */
  private static int edits(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) >= limit) {
      return limit;
    }
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(last[j], row[j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      int[] spare = beforeLast;
      beforeLast = last;
      last = row;
      row = spare;
    }
    return last[b.length()];
  }
}
