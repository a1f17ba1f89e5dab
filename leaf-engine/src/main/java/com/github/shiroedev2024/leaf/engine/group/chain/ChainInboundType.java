package com.github.shiroedev2024.leaf.engine.group.chain;

import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.LayerType;
import com.github.shiroedev2024.leaf.engine.spi.Members;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The inbound type {@code chain}: layers in front of a protocol. */
public final class ChainInboundType implements InboundType {
  @Override
  public String name() {
    return "chain";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        new Key("actors", "required", "tags of the layers, the outermost first, then a protocol"));
  }

  @Override
  public PartOptions read(Settings settings) {
    return new ChainInboundOptions(Members.read(settings));
  }

  @Override
  public Inbound build(InboundSpec spec, InboundContext context) {
    List<String> actors = ((ChainInboundOptions) spec.options()).actors();
    Set<Network> networks = EnumSet.noneOf(Network.class);
    List<InboundLayer> layers = new ArrayList<>();
    for (String actor : actors.subList(0, actors.size() - 1)) {
      InboundSpec part = context.part(actor);
      LayerType type = (LayerType) part.type();
      if (layers.isEmpty()) {
        networks.add(type.network());
      }
      layers.add(type.layer(part, context));
    }
    InboundSpec protocol = context.part(actors.getLast());
    return new ChainInbound(
        networks, layers, protocol.type().build(protocol.as(spec.tag()), context));
  }
}
