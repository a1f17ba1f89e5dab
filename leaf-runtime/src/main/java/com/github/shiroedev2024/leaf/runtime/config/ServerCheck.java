package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Reach;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Finds nodes without an address that nothing below leads to a server: each would dial what the
 * client asked for, and tell its password there.
 *
 * <p>A way is <em>led</em> when it ends at one place whatever is asked of it. Whether an outbound
 * is led depends on what is below it, so that each is looked at in both cases. All walks go without
 * recursion, since a file may nest as deep as it likes; what contains itself counts as led, as that
 * is told elsewhere.
 */
final class ServerCheck {
  /** An outbound, told by whom and where, with what is below it. */
  private record Use(String tag, boolean led, String who, Supplier<Source> place) {}

  /** An outbound that was looked at with what is below it there. */
  private record Walked(String tag, boolean led) {}

  /** A fault, once for each that names it. */
  private record Told(String tag, String who, Source place) {}

  /** Whether an outbound is led, by whether what is below it is. */
  private record Led(boolean overLed, boolean overOpen) {
    static final Led ALWAYS = new Led(true, true);

    boolean over(boolean led) {
      return led ? overLed : overOpen;
    }
  }

  private final Map<String, OutboundSpec> outbounds = new LinkedHashMap<>();
  private final References references;
  private final Problems problems;
  private final Map<String, Led> led = new HashMap<>();
  private final Set<String> named = new HashSet<>();
  private final Set<Told> told = new HashSet<>();
  private final Set<Walked> walked = new HashSet<>();

  /**
   * @param references tells where one outbound names another
   */
  ServerCheck(List<OutboundSpec> specs, References references, Problems problems) {
    this.references = references;
    this.problems = problems;
    for (OutboundSpec spec : specs) {
      outbounds.putIfAbsent(spec.tag(), spec);
      named.addAll(spec.options().references());
    }
    outbounds.keySet().forEach(this::judge);
  }

  /** Checks what is sent to this outbound. */
  void use(String tag, String who, Source place) {
    Deque<Use> open = new ArrayDeque<>();
    open.add(new Use(tag, false, who, () -> place));
    while (!open.isEmpty()) {
      Use use = open.remove();
      OutboundSpec spec = outbounds.get(use.tag);
      if (spec == null) {
        continue;
      }
      if (reach(spec) == Reach.NEEDS_SERVER && !use.led) {
        tell(use);
      } else if (walked.add(new Walked(use.tag, use.led))) {
        open.addAll(below(spec, use.led));
      }
    }
  }

  /** Checks the chains and groups that nothing names and no rule was seen to use. */
  void useTheRest() {
    outbounds.forEach(
        (tag, spec) -> {
          if (!named.contains(tag) && reach(spec) != Reach.NEEDS_SERVER) {
            use(tag, spec.word(), spec.source());
          }
        });
  }

  private static Reach reach(OutboundSpec spec) {
    return spec.type().reach(spec.options());
  }

  /** What an outbound names, each with what is below it there. */
  private List<Use> below(OutboundSpec spec, boolean below) {
    Reach reach = reach(spec);
    String who = (reach == Reach.CHOICE ? "group '" : spec.word() + " '") + spec.tag() + "'";
    List<Use> uses = new ArrayList<>();
    boolean now = reach != Reach.FIXED && below;
    for (String name : spec.options().references()) {
      uses.add(new Use(name, now, who, () -> references.sourceOf(spec.tag(), name)));
      if (reach != Reach.CHOICE) {
        now = led.getOrDefault(name, Led.ALWAYS).over(now);
      }
    }
    return uses;
  }

  private void tell(Use use) {
    Source place = use.place.get();
    if (told.add(new Told(use.tag, use.who, place))) {
      problems.error(
          place,
          use.tag,
          use.who + ": '" + use.tag + "' has no address, and nothing below it leads to its server",
          "give '" + use.tag + "' the address and port of its server");
    }
  }

  /** Works out whether this one is led, and before it all that it is made of. */
  private void judge(String start) {
    Deque<String> way = new ArrayDeque<>();
    Set<String> seen = new HashSet<>();
    way.push(start);
    while (!way.isEmpty()) {
      String tag = way.element();
      OutboundSpec spec = outbounds.get(tag);
      if (spec == null || led.containsKey(tag)) {
        way.remove();
      } else if (seen.add(tag)) {
        spec.options().references().stream()
            .filter(name -> !led.containsKey(name) && !seen.contains(name))
            .forEach(way::push);
      } else {
        way.remove();
        led.put(tag, of(spec));
      }
    }
  }

  private Led of(OutboundSpec spec) {
    List<String> names = spec.options().references();
    return switch (reach(spec)) {
      case SAME -> new Led(true, false);
      case SERVER, NEEDS_SERVER -> new Led(false, false);
      case FIXED -> Led.ALWAYS;
      case STACK -> new Led(stack(names, true), stack(names, false));
      case CHOICE -> new Led(all(names, true), all(names, false));
    };
  }

  private boolean stack(List<String> names, boolean below) {
    boolean now = below;
    for (String name : names) {
      now = led.getOrDefault(name, Led.ALWAYS).over(now);
    }
    return now;
  }

  private boolean all(List<String> names, boolean below) {
    return names.stream().allMatch(name -> led.getOrDefault(name, Led.ALWAYS).over(below));
  }
}
