package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Reach;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The type {@code tls} of outbounds. */
public final class TlsType implements OutboundType {
  @Override
  public String name() {
    return "tls";
  }

  @Override
  public List<Key> keys() {
    return TlsOptions.KEYS;
  }

  @Override
  public Reach reach(PartOptions options) {
    return Reach.SAME;
  }

  @Override
  public PartOptions read(Settings settings) {
    return TlsOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    return new TlsOutbound(
        spec.tag(), (TlsOptions) spec.options(), context.options(), context.logs(), true);
  }
}
