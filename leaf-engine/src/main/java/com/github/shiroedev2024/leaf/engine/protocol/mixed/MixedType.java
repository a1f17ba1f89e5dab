package com.github.shiroedev2024.leaf.engine.protocol.mixed;

import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.User;
import java.util.List;

/** The inbound type {@code mixed}. */
public final class MixedType implements InboundType {
  @Override
  public String name() {
    return "mixed";
  }

  @Override
  public List<Key> keys() {
    return User.keys();
  }

  @Override
  public PartOptions read(Settings settings) {
    return new MixedOptions(User.read(settings));
  }

  @Override
  public List<String> userIds(PartOptions options) {
    return User.shownIds(((MixedOptions) options).users());
  }

  @Override
  public Inbound build(InboundSpec spec, InboundContext context) {
    return new MixedInbound(spec.tag(), ((MixedOptions) spec.options()).users(), context);
  }
}
