package com.github.shiroedev2024.leaf.engine.group.fixed;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Members;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** {@code static}: sessions are spread at random or in turn. */
public final class FixedType implements OutboundType {
  @Override
  public String name() {
    return "static";
  }

  @Override
  public List<Key> keys() {
    return FixedOptions.KEYS;
  }

  @Override
  public boolean isGroup() {
    return true;
  }

  @Override
  public PartOptions read(Settings settings) {
    return FixedOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    FixedOptions options = (FixedOptions) spec.options();
    return new FixedGroup(
        spec.tag(),
        Members.of(options.actors(), context),
        options.method(),
        bound -> ThreadLocalRandom.current().nextInt(bound));
  }
}
