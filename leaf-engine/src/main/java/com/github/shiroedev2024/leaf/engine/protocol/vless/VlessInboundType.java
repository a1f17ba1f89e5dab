package com.github.shiroedev2024.leaf.engine.protocol.vless;

import com.github.shiroedev2024.leaf.engine.codec.UuidUser;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The inbound type {@code vless}. */
public final class VlessInboundType implements InboundType {
  @Override
  public String name() {
    return "vless";
  }

  @Override
  public List<Key> keys() {
    return UuidUser.KEYS;
  }

  @Override
  public PartOptions read(Settings settings) {
    return VlessInboundOptions.read(settings);
  }

  @Override
  public List<String> userIds(PartOptions options) {
    return UuidUser.shownIds(((VlessInboundOptions) options).users());
  }

  @Override
  public Inbound build(InboundSpec spec, InboundContext context) {
    return new VlessInbound(spec.tag(), (VlessInboundOptions) spec.options(), context);
  }
}
