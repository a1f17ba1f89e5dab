package com.github.shiroedev2024.leaf.engine.route;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first rule whose whole name, suffix or keyword fits a host name. Case does not matter,
 * nor does a dot at the end.
 *
 * <p>Whole names and suffixes live in one hash table. The hash is built from the last character
 * backwards, so that one walk over the host yields the hash of each of its suffixes, and no
 * substring is made. Keywords are compared one by one, in the order of their rules.
 */
final class DomainIndex {
  /** Answered when no rule fits; larger than any rule's number. */
  static final int NONE = Integer.MAX_VALUE;

  private record Keyword(String text, int rule) {}

  private @Nullable String[] names = new String[16];
  private int[] whole = new int[16];
  private int[] suffix = new int[16];
  private int size;
  private final List<Keyword> keywords = new ArrayList<>();

  /** Adds a whole name. Rules are added in their order, so the first stays. */
  void addName(String name, int rule) {
    String key = fold(name);
    if (!key.isEmpty()) {
      int slot = slot(key);
      whole[slot] = Math.min(whole[slot], rule);
    }
  }

  /** Adds a suffix of whole labels, with or without a leading dot. */
  void addSuffix(String name, int rule) {
    String key = fold(name.startsWith(".") ? name.substring(1) : name);
    if (!key.isEmpty()) {
      int slot = slot(key);
      suffix[slot] = Math.min(suffix[slot], rule);
    }
  }

  /** Adds a part of a name. */
  void addKeyword(String text, int rule) {
    StringBuilder folded = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      folded.append(fold(text.charAt(i)));
    }
    keywords.add(new Keyword(folded.toString(), rule));
  }

  /** The lowest number of a rule that fits, or {@link #NONE}. */
  int first(String host) {
    int end = length(host);
    int best = NONE;
    int hash = 0;
    for (int i = end - 1; i >= 0; i--) {
      hash = hash * 31 + fold(host.charAt(i));
      if (i == 0 || host.charAt(i - 1) == '.') {
        int slot = find(host, i, end, hash);
        if (slot >= 0) {
          best = Math.min(best, suffix[slot]);
          if (i == 0) {
            best = Math.min(best, whole[slot]);
          }
        }
      }
    }
    for (int k = 0; k < keywords.size(); k++) {
      Keyword keyword = keywords.get(k);
      if (keyword.rule >= best) {
        break;
      }
      if (contains(host, end, keyword.text)) {
        return keyword.rule;
      }
    }
    return best;
  }

  private static boolean contains(String host, int end, String part) {
    for (int from = 0; from + part.length() <= end; from++) {
      if (same(host, from, part)) {
        return true;
      }
    }
    return false;
  }

  private static boolean same(String host, int from, String folded) {
    for (int i = 0; i < folded.length(); i++) {
      if (fold(host.charAt(from + i)) != folded.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private int find(String host, int from, int end, int hash) {
    int mask = names.length - 1;
    for (int slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      String name = names[slot];
      if (name == null) {
        return -1;
      }
      if (name.length() == end - from && same(host, from, name)) {
        return slot;
      }
    }
  }

  /** The slot of this folded name, made when it has none. */
  private int slot(String key) {
    if (size * 2 >= names.length) {
      grow();
    }
    int slot = free(names, key);
    if (names[slot] == null) {
      names[slot] = key;
      whole[slot] = NONE;
      suffix[slot] = NONE;
      size++;
    }
    return slot;
  }

  /** The slot that holds the key, or the empty one where it belongs. */
  private static int free(@Nullable String[] table, String key) {
    int hash = 0;
    for (int i = key.length() - 1; i >= 0; i--) {
      hash = hash * 31 + key.charAt(i);
    }
    int mask = table.length - 1;
    int slot = spread(hash) & mask;
    while (table[slot] != null && !key.equals(table[slot])) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    @Nullable String[] oldNames = names;
    int[] oldWhole = whole;
    int[] oldSuffix = suffix;
    names = new String[oldNames.length * 2];
    whole = new int[names.length];
    suffix = new int[names.length];
    for (int i = 0; i < oldNames.length; i++) {
      String name = oldNames[i];
      if (name != null) {
        int slot = free(names, name);
        names[slot] = name;
        whole[slot] = oldWhole[i];
        suffix[slot] = oldSuffix[i];
      }
    }
  }

  private static int spread(int hash) {
    return hash ^ (hash >>> 15);
  }

  private static int length(String host) {
    int end = host.length();
    return end > 0 && host.charAt(end - 1) == '.' ? end - 1 : end;
  }

  private static String fold(String name) {
    StringBuilder folded = new StringBuilder(name.length());
    for (int i = 0, end = length(name); i < end; i++) {
      folded.append(fold(name.charAt(i)));
    }
    return folded.toString();
  }

  private static char fold(char c) {
    if (c < 128) {
      return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }
    return Character.toLowerCase(c);
  }
}
