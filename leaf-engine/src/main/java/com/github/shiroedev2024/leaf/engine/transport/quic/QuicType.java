package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Reach;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The outbound type {@code quic}: streams on shared connections to one server. */
public final class QuicType implements OutboundType {
  @Override
  public String name() {
    return "quic";
  }

  @Override
  public List<Key> keys() {
    return QuicOptions.KEYS;
  }

  @Override
  public Reach reach(PartOptions options) {
    return Reach.FIXED;
  }

  @Override
  public PartOptions read(Settings settings) {
    return QuicOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    return new QuicOutbound(
        spec.tag(),
        (QuicOptions) spec.options(),
        context.resolver(),
        context.options(),
        context.logs());
  }
}
