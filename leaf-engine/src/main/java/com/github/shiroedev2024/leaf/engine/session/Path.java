package com.github.shiroedev2024.leaf.engine.session;

import io.netty.channel.Channel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import java.util.ArrayList;
import java.util.List;

/**
 * The hops a stream or association passed, outermost first. Each outbound and group adds itself to
 * the channel it hands up ({@link #passed}), so what is recorded is what happened, whichever member
 * won.
 */
public record Path(List<Hop> hops) {
  public static final Path NONE = new Path(List.of());

  private static final AttributeKey<List<Hop>> HOPS = AttributeKey.valueOf(Path.class, "hops");

  public Path {
    hops = List.copyOf(hops);
  }

  /** Notes on the channel that it came through this hop. On the channel's event loop. */
  public static void passed(Channel channel, Hop hop) {
    Attribute<List<Hop>> attribute = channel.attr(HOPS);
    List<Hop> hops = attribute.get();
    if (hops == null) {
      hops = new ArrayList<>(4);
      attribute.set(hops);
    }
    hops.add(hop);
  }

  /** What {@link #passed} noted on this channel. */
  public static Path of(Channel channel) {
    List<Hop> hops = channel.attr(HOPS).get();
    return hops == null ? NONE : new Path(hops.reversed());
  }

  /** The same hops by name only, holding on to no outbound. */
  Path detached() {
    List<Hop> names = new ArrayList<>(hops.size());
    for (Hop hop : hops) {
      names.add(new Name(hop.tag(), hop.isGroup()));
    }
    return new Path(names);
  }

  private record Name(String tag, boolean isGroup) implements Hop {}

  /** The tag of the node that carries the bytes: the first hop that is not a group; else empty. */
  public String outboundTag() {
    for (Hop hop : hops) {
      if (!hop.isGroup()) {
        return hop.tag();
      }
    }
    return hops.isEmpty() ? "" : hops.getLast().tag();
  }

  /** The groups in front of the node, outermost first. */
  public List<String> groups() {
    List<String> groups = new ArrayList<>(2);
    for (Hop hop : hops) {
      if (!hop.isGroup()) {
        break;
      }
      groups.add(hop.tag());
    }
    return groups;
  }
}
