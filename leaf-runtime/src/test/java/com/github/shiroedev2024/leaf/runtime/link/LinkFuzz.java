package com.github.shiroedev2024.leaf.runtime.link;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Share links and lists of them. */
public final class LinkFuzz {
  private LinkFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, UTF_8);
    try {
      String line = ShareLink.read(text).text();
      if (line.indexOf('\n') >= 0 || line.indexOf('\r') >= 0) {
        throw new AssertionError("more than one line: " + line);
      }
    } catch (LinkException e) {
      if (e.getMessage() == null) {
        throw new AssertionError(e);
      }
    }
    Subscription list = Subscription.read(text);
    if (list.nodes().size() + list.refused().size() > 1 + text.lines().count() + text.length()) {
      throw new AssertionError("more nodes than lines");
    }
  }
}
