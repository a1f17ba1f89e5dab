package com.github.shiroedev2024.leaf.engine.group.tryall;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Members;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** {@code tryall}: all members are dialled, the first to answer carries the session. */
public final class TryAllType implements OutboundType {
  @Override
  public String name() {
    return "tryall";
  }

  @Override
  public List<Key> keys() {
    return TryAllOptions.KEYS;
  }

  @Override
  public boolean isGroup() {
    return true;
  }

  @Override
  public PartOptions read(Settings settings) {
    return TryAllOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    TryAllOptions options = (TryAllOptions) spec.options();
    return new TryAllGroup(spec.tag(), Members.of(options.actors(), context), options.delay());
  }
}
