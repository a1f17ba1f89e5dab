package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.LayerType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The checked inbounds.
 *
 * @param listening those that listen
 * @param parts those that chains are made of, which listen nowhere themselves
 */
record Inbounds(List<InboundSpec> listening, List<InboundSpec> parts) {
  Inbounds {
    listening = List.copyOf(listening);
    parts = List.copyOf(parts);
  }

  /**
   * @param assets the folder that relative paths are meant from
   */
  static Inbounds of(Draft draft, Path assets, Problems problems) {
    return new Reading(draft, assets, problems).read();
  }

  private static final class Reading {
    private final Draft draft;
    private final Path assets;
    private final Problems problems;
    private final References references;
    private final Map<String, InboundSpec> byTag = new LinkedHashMap<>();

    Reading(Draft draft, Path assets, Problems problems) {
      this.draft = draft;
      this.assets = assets;
      this.problems = problems;
      this.references = new References("inbound", Map.of(), problems);
    }

    Inbounds read() {
      List<InboundSpec> all = new ArrayList<>();
      Set<String> named = new LinkedHashSet<>();
      for (Draft.Inbound inbound : draft.inbounds) {
        PartOptions options = inbound.type().read(inbound.settings().in(assets));
        references.add(inbound.tag(), inbound.settings(), options.references());
        named.addAll(options.references());
        InboundSpec spec =
            new InboundSpec(
                inbound.tag(),
                inbound.type(),
                inbound.listen(),
                options,
                inbound.settings().source());
        all.add(spec);
        byTag.putIfAbsent(spec.tag(), spec);
      }
      references.check();
      List<InboundSpec> parts = new ArrayList<>();
      List<InboundSpec> listening = new ArrayList<>();
      for (InboundSpec spec : all) {
        actors(spec);
        if (named.contains(spec.tag())) {
          parts.add(spec);
          part(spec);
        } else {
          listening.add(spec);
          listener(spec);
        }
      }
      places(listening);
      single(listening);
      if (all.isEmpty() && !problems.hasErrors()) {
        problems.warning(
            draft.start(), "", "there is no inbound, so nothing listens", "add an inbound");
      }
      return new Inbounds(listening, parts);
    }

    private static String owner(InboundSpec spec) {
      return "inbound '" + spec.tag() + "'";
    }

    /** A layer is made of layers; what is not a layer, of layers and a protocol at the end. */
    private void actors(InboundSpec spec) {
      List<String> names = spec.options().references();
      boolean layer = spec.type() instanceof LayerType;
      for (int i = 0; i < names.size(); i++) {
        InboundSpec actor = byTag.get(names.get(i));
        if (actor == null) {
          continue; // told already
        }
        boolean wanted = layer || i < names.size() - 1;
        Source at = references.sourceOf(spec.tag(), actor.tag());
        if (wanted && !(actor.type() instanceof LayerType)) {
          problems.error(
              at,
              actor.tag(),
              owner(spec)
                  + ": '"
                  + actor.tag()
                  + "' is a protocol, not a layer to stand before one",
              layer ? "name layers only, such as tls and ws" : "name the protocol last");
        } else if (!wanted && actor.type() instanceof LayerType) {
          problems.error(
              at,
              actor.tag(),
              owner(spec) + ": '" + actor.tag() + "' is a layer, and nothing serves behind it",
              "name a protocol last, such as trojan, vmess, socks or http");
        } else if ((i > 0 || layer)
            && actor.type() instanceof LayerType type
            && type.network() == Network.UDP) {
          problems.error(
              at,
              actor.tag(),
              owner(spec) + ": '" + actor.tag() + "' runs over UDP and must be the outermost layer",
              "name it first");
        }
      }
    }

    private void part(InboundSpec spec) {
      if (spec.listen().getPort() != 0) {
        problems.warning(
            spec.source(),
            String.valueOf(spec.listen().getPort()),
            owner(spec) + " is a part of another inbound and does not listen itself",
            "remove its address and port");
      }
    }

    private void listener(InboundSpec spec) {
      if (spec.type() instanceof LayerType) {
        problems.error(
            spec.source(),
            spec.type().name(),
            owner(spec) + ": " + spec.type().name() + " serves nothing by itself",
            "name it in the actors of a chain, before a protocol");
      }
    }

    private void single(List<InboundSpec> listening) {
      Map<String, InboundSpec> first = new LinkedHashMap<>();
      for (InboundSpec spec : listening) {
        InboundSpec other = spec.type().once() ? first.putIfAbsent(spec.type().name(), spec) : null;
        if (other != null) {
          problems.error(
              spec.source(),
              spec.type().name(),
              owner(spec)
                  + ": there can be one "
                  + spec.type().name()
                  + " only, and "
                  + owner(other)
                  + " is one",
              "remove one of them");
        }
      }
    }

    private void places(List<InboundSpec> listening) {
      Map<InetSocketAddress, List<InboundSpec>> places = new LinkedHashMap<>();
      for (InboundSpec spec : listening) {
        if (spec.listen().getPort() == 0) {
          continue;
        }
        List<InboundSpec> there = places.computeIfAbsent(spec.listen(), p -> new ArrayList<>());
        InboundSpec other = sharing(spec, there);
        if (other != null) {
          problems.error(
              spec.source(),
              String.valueOf(spec.listen().getPort()),
              owner(spec) + " listens on the same address and port as " + owner(other),
              "give it another port, or serve SOCKS and HTTP on one with mixed");
        }
        there.add(spec);
      }
    }

    /** One that wants a socket of the same kind at the same place. */
    private @Nullable InboundSpec sharing(InboundSpec spec, List<InboundSpec> others) {
      for (InboundSpec other : others) {
        Set<Network> both = networks(spec);
        both.retainAll(networks(other));
        if (!both.isEmpty()) {
          return other;
        }
      }
      return null;
    }

    private Set<Network> networks(InboundSpec spec) {
      List<String> names = spec.options().references();
      InboundSpec first = names.isEmpty() ? null : byTag.get(names.getFirst());
      if (first != null && first.type() instanceof LayerType layer) {
        return EnumSet.of(layer.network());
      }
      return EnumSet.copyOf(spec.type().networks(spec.options()));
    }
  }
}
