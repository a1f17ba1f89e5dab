package com.github.shiroedev2024.leaf.engine.transport.amux;

import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.LayerType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.ArrayList;
import java.util.List;

/** The inbound layer {@code amux}: each stream of a connection is a client of its own. */
public final class AmuxLayerType implements LayerType {
  @Override
  public String name() {
    return "amux";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        new Key("actors", "none", "tags of layers that the connection passes first, in order"));
  }

  @Override
  public PartOptions read(Settings settings) {
    return new AmuxLayerOptions(settings.strings("actors"));
  }

  @Override
  public InboundLayer layer(InboundSpec spec, InboundContext context) {
    List<InboundLayer> layers = new ArrayList<>();
    for (String actor : ((AmuxLayerOptions) spec.options()).actors()) {
      InboundSpec part = context.part(actor);
      layers.add(((LayerType) part.type()).layer(part, context));
    }
    return new AmuxLayer(layers, context.options());
  }
}
