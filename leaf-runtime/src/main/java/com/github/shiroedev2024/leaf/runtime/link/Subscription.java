package com.github.shiroedev2024.leaf.runtime.link;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A list of links, one on a line, as plain text or as Base64 of it. Names that come twice get a
 * number.
 *
 * @param nodes what could be read, in the list's order
 * @param refused what could not, each with its line and why
 */
public record Subscription(List<NodeLine> nodes, List<String> refused) {
  /** Beyond this nobody has nodes; bytes. */
  public static final int MAX_BYTES = 16 << 20;

  public Subscription {
    nodes = List.copyOf(nodes);
    refused = List.copyOf(refused);
  }

  /** Reads a whole list; a link that cannot be read does not spoil the others. */
  public static Subscription read(String text) {
    String list = text;
    if (!text.contains("://")) {
      String decoded = Base64Text.decode(text);
      if (decoded == null) {
        return new Subscription(List.of(), List.of("it is neither links nor Base64 of them"));
      }
      list = decoded;
    }
    List<NodeLine> nodes = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    Set<String> names = new HashSet<>();
    int number = 0;
    for (String line : list.lines().toList()) {
      number++;
      if (line.isBlank() || line.strip().startsWith("#")) {
        continue;
      }
      try {
        NodeLine node = ShareLink.read(line);
        NodeLine named = node.named(NodeLine.free(node.tag(), names));
        names.add(named.tag());
        nodes.add(named);
      } catch (LinkException e) {
        refused.add("line " + number + ": " + e.getMessage());
      }
    }
    return new Subscription(nodes, refused);
  }
}
