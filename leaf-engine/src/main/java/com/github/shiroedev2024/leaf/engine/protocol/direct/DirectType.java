package com.github.shiroedev2024.leaf.engine.protocol.direct;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Reach;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The type {@code direct}. */
public final class DirectType implements OutboundType {
  @Override
  public String name() {
    return "direct";
  }

  @Override
  public List<Key> keys() {
    return List.of();
  }

  @Override
  public Reach reach(PartOptions options) {
    return Reach.SAME;
  }

  @Override
  public PartOptions read(Settings settings) {
    return new PartOptions.None();
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    return new DirectOutbound(spec.tag());
  }
}
