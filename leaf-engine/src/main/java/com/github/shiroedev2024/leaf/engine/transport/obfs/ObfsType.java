package com.github.shiroedev2024.leaf.engine.transport.obfs;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Reach;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The layer {@code obfs}. */
public final class ObfsType implements OutboundType {
  @Override
  public String name() {
    return "obfs";
  }

  @Override
  public List<Key> keys() {
    return ObfsOptions.KEYS;
  }

  @Override
  public Reach reach(PartOptions options) {
    return Reach.SAME;
  }

  @Override
  public PartOptions read(Settings settings) {
    return ObfsOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    return new ObfsOutbound(spec.tag(), (ObfsOptions) spec.options(), context.clock());
  }
}
