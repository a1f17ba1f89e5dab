package com.github.shiroedev2024.leaf.engine.transport.httpupgrade;

import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.LayerType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The inbound layer {@code httpupgrade}. */
public final class HttpUpgradeServerType implements LayerType {
  @Override
  public String name() {
    return "httpupgrade";
  }

  @Override
  public List<Key> keys() {
    return HttpUpgradeServerOptions.KEYS;
  }

  @Override
  public PartOptions read(Settings settings) {
    return HttpUpgradeServerOptions.read(settings);
  }

  @Override
  public InboundLayer layer(InboundSpec spec, InboundContext context) {
    return new HttpUpgradeLayer((HttpUpgradeServerOptions) spec.options(), context.options());
  }
}
