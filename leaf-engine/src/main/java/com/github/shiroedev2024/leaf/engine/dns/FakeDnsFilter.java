package com.github.shiroedev2024.leaf.engine.dns;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which names get fake addresses.
 *
 * @param include whether they are those that contain one of the words, or all others
 * @param words parts of names, in lower case; {@code *} is part of every name
 */
public record FakeDnsFilter(boolean include, List<String> words) {
  public FakeDnsFilter {
    words = words.stream().map(w -> w.toLowerCase(Locale.ROOT)).toList();
  }

  /**
   * The name in the form that addresses are given to, if it gets one. Names of this machine (RFC
   * 6761 section 6.3), IP addresses and what is no name of a host's kind never do.
   *
   * @param name as a client asked for it
   * @return null when the name has its real addresses
   */
  public @Nullable String covered(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) >= 128) {
        return null;
      }
    }
    String normal = Question.normal(name);
    if (normal == null
        || normal.equals("localhost")
        || normal.endsWith(".localhost")
        || !Destination.of(normal, 0).isDomain()) {
      return null;
    }
    return include == contains(normal) ? normal : null;
  }

  private boolean contains(String name) {
    for (String word : words) {
      if (word.equals("*") || name.contains(word)) {
        return true;
      }
    }
    return false;
  }
}
