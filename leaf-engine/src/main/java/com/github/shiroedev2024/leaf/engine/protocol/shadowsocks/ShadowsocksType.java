package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The type {@code shadowsocks}. */
public final class ShadowsocksType implements OutboundType {
  @Override
  public String name() {
    return "shadowsocks";
  }

  @Override
  public List<String> aliases() {
    return List.of("ss");
  }

  @Override
  public List<Key> keys() {
    return ShadowsocksOptions.KEYS;
  }

  @Override
  public PartOptions read(Settings settings) {
    return ShadowsocksOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    return new ShadowsocksOutbound(
        spec.tag(), (ShadowsocksOptions) spec.options(), context.clock(), context.logs());
  }
}
