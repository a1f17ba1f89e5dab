package com.github.shiroedev2024.leaf.engine.group.chain;

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

/** {@code chain}: each actor is reached through the one before it. */
public final class ChainType implements OutboundType {
  @Override
  public String name() {
    return "chain";
  }

  @Override
  public List<Key> keys() {
    return List.of(new Key("actors", "required", "tags of the hops, the nearest first"));
  }

  @Override
  public Reach reach(PartOptions options) {
    return Reach.STACK;
  }

  @Override
  public PartOptions read(Settings settings) {
    return ChainOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    ChainOptions options = (ChainOptions) spec.options();
    return new ChainOutbound(spec.tag(), Members.of(options.actors(), context));
  }
}
