package com.github.shiroedev2024.leaf.engine.protocol.http;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Reach;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The outbound type {@code http}. */
public final class HttpConnectType implements OutboundType {
  @Override
  public String name() {
    return "http";
  }

  @Override
  public List<Key> keys() {
    return HttpConnectOptions.keys();
  }

  @Override
  public Reach reach(PartOptions options) {
    return Reach.of(((HttpConnectOptions) options).server());
  }

  @Override
  public PartOptions read(Settings settings) {
    return HttpConnectOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    return new HttpConnectOutbound(spec.tag(), (HttpConnectOptions) spec.options(), context);
  }
}
