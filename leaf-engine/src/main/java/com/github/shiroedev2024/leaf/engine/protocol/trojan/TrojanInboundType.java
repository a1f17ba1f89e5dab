package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The inbound type {@code trojan}. */
public final class TrojanInboundType implements InboundType {
  @Override
  public String name() {
    return "trojan";
  }

  @Override
  public List<Key> keys() {
    return TrojanInboundOptions.KEYS;
  }

  @Override
  public PartOptions read(Settings settings) {
    return TrojanInboundOptions.read(settings);
  }

  @Override
  public List<String> userIds(PartOptions options) {
    return ((TrojanInboundOptions) options).userIds();
  }

  @Override
  public Inbound build(InboundSpec spec, InboundContext context) {
    return new TrojanInbound(spec.tag(), (TrojanInboundOptions) spec.options(), context);
  }
}
