package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.LayerType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The type {@code tls} in front of inbounds. */
public final class TlsLayerType implements LayerType {
  @Override
  public String name() {
    return "tls";
  }

  @Override
  public List<Key> keys() {
    return TlsLayerOptions.KEYS;
  }

  @Override
  public PartOptions read(Settings settings) {
    return TlsLayerOptions.read(settings);
  }

  @Override
  public InboundLayer layer(InboundSpec spec, InboundContext context) {
    return new TlsLayer(spec.tag(), (TlsLayerOptions) spec.options(), context, true);
  }
}
