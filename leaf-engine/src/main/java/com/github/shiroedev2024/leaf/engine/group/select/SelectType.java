package com.github.shiroedev2024.leaf.engine.group.select;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Members;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** {@code select}: the user picks the member. */
public final class SelectType implements OutboundType {
  @Override
  public String name() {
    return "select";
  }

  @Override
  public List<Key> keys() {
    return List.of(Members.KEY);
  }

  @Override
  public boolean isGroup() {
    return true;
  }

  @Override
  public PartOptions read(Settings settings) {
    return SelectOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    SelectOptions options = (SelectOptions) spec.options();
    return new SelectGroup(spec.tag(), Members.of(options.actors(), context), context.selections());
  }
}
