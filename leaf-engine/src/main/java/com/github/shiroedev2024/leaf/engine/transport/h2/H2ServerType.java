package com.github.shiroedev2024.leaf.engine.transport.h2;

import com.github.shiroedev2024.leaf.engine.http2.H2Layer;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.LayerType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The inbound layer {@code h2}. */
public final class H2ServerType implements LayerType {
  @Override
  public String name() {
    return "h2";
  }

  @Override
  public List<Key> keys() {
    return H2ServerOptions.KEYS;
  }

  @Override
  public PartOptions read(Settings settings) {
    return H2ServerOptions.read(settings);
  }

  @Override
  public InboundLayer layer(InboundSpec spec, InboundContext context) {
    return new H2Layer(new H2PutService((H2ServerOptions) spec.options()), context.options());
  }
}
