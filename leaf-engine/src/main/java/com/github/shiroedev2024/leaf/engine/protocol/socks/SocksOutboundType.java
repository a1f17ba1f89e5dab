package com.github.shiroedev2024.leaf.engine.protocol.socks;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The outbound type {@code socks}. */
public final class SocksOutboundType implements OutboundType {
  @Override
  public String name() {
    return "socks";
  }

  @Override
  public List<Key> keys() {
    return SocksOutboundOptions.KEYS;
  }

  @Override
  public PartOptions read(Settings settings) {
    return SocksOutboundOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    return new SocksOutbound(spec.tag(), (SocksOutboundOptions) spec.options(), context);
  }
}
