package com.github.shiroedev2024.leaf.engine.protocol.drop;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Reach;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The type {@code drop}, also written {@code reject}. */
public final class DropType implements OutboundType {
  @Override
  public String name() {
    return "drop";
  }

  @Override
  public List<String> aliases() {
    return List.of("reject");
  }

  @Override
  public List<Key> keys() {
    return List.of();
  }

  @Override
  public Reach reach(PartOptions options) {
    return Reach.FIXED;
  }

  @Override
  public PartOptions read(Settings settings) {
    return new PartOptions.None();
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    return new DropOutbound(spec.tag());
  }
}
