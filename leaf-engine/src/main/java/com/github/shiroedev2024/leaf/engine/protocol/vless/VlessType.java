package com.github.shiroedev2024.leaf.engine.protocol.vless;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Reach;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The outbound type {@code vless}. */
public final class VlessType implements OutboundType {
  @Override
  public String name() {
    return "vless";
  }

  @Override
  public List<Key> keys() {
    return VlessOptions.keys();
  }

  @Override
  public Reach reach(PartOptions options) {
    return Reach.of(((VlessOptions) options).server());
  }

  @Override
  public PartOptions read(Settings settings) {
    return VlessOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    return new VlessOutbound(spec.tag(), (VlessOptions) spec.options(), context.logs());
  }
}
