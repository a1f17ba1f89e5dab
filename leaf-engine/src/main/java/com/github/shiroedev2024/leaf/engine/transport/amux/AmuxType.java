package com.github.shiroedev2024.leaf.engine.transport.amux;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Members;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Reach;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The outbound type {@code amux}: streams on shared connections to one server. */
public final class AmuxType implements OutboundType {
  @Override
  public String name() {
    return "amux";
  }

  @Override
  public List<Key> keys() {
    return AmuxOptions.KEYS;
  }

  @Override
  public Reach reach(PartOptions options) {
    return Reach.FIXED;
  }

  @Override
  public PartOptions read(Settings settings) {
    return AmuxOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    AmuxOptions options = (AmuxOptions) spec.options();
    return new AmuxOutbound(
        spec.tag(), options, Members.of(options.actors(), context), context.options());
  }
}
