package com.github.shiroedev2024.leaf.engine.transport.httpupgrade;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Reach;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The outbound type {@code httpupgrade}. */
public final class HttpUpgradeType implements OutboundType {
  @Override
  public String name() {
    return "httpupgrade";
  }

  @Override
  public List<Key> keys() {
    return HttpUpgradeOptions.KEYS;
  }

  @Override
  public Reach reach(PartOptions options) {
    return Reach.SAME;
  }

  @Override
  public PartOptions read(Settings settings) {
    return HttpUpgradeOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    return new HttpUpgradeOutbound(
        spec.tag(), (HttpUpgradeOptions) spec.options(), context.options());
  }
}
