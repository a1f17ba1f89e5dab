package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Reach;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The outbound type {@code trojan}. */
public final class TrojanType implements OutboundType {
  @Override
  public String name() {
    return "trojan";
  }

  @Override
  public List<Key> keys() {
    return TrojanOptions.keys();
  }

  @Override
  public Reach reach(PartOptions options) {
    return Reach.of(((TrojanOptions) options).server());
  }

  @Override
  public PartOptions read(Settings settings) {
    return TrojanOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    return new TrojanOutbound(spec.tag(), (TrojanOptions) spec.options(), context.logs());
  }
}
