package com.github.shiroedev2024.leaf.runtime.config;

import java.util.Random;

/** Small damages to a text. */
final class Mutations {
  private static final String[] PIECES = {
    ",",
    "=",
    "\"",
    "#",
    "[",
    "]",
    "{",
    "}",
    ":",
    "\n",
    "\r",
    " ",
    "\\",
    "'",
    "0",
    "-1",
    "99999999999",
    "true",
    "null",
    "[Proxy]",
    "FINAL,",
    "\u0000",
    "\uFEFF",
    "ä",
    "😀",
    "\ud800",
    "A",
    "_xxx",
    "*",
    "/"
  };

  private Mutations() {}

  /** The text with one to four pieces removed, added, doubled, moved or replaced. */
  static String of(Random random, String text) {
    StringBuilder s = new StringBuilder(text);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int from = random.nextInt(s.length() + 1);
      int to = Math.min(s.length(), from + random.nextInt(20));
      String cut = s.substring(from, to);
      switch (random.nextInt(6)) {
        case 0 -> s.delete(from, to);
        case 1 -> s.insert(from, PIECES[random.nextInt(PIECES.length)]);
        case 2 -> s.insert(from, cut);
        case 3 -> s.delete(from, to).insert(random.nextInt(s.length() + 1), cut);
        case 4 -> s.setLength(from);
        default -> {
          if (from < s.length()) {
            s.setCharAt(from, (char) random.nextInt(random.nextBoolean() ? 128 : 0x10000));
          }
        }
      }
    }
    return s.toString();
  }
}
