package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Reach;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The outbound type {@code vmess}. */
public final class VmessType implements OutboundType {
  @Override
  public String name() {
    return "vmess";
  }

  @Override
  public List<Key> keys() {
    return VmessOptions.keys();
  }

  @Override
  public Reach reach(PartOptions options) {
    return Reach.of(((VmessOptions) options).server());
  }

  @Override
  public PartOptions read(Settings settings) {
    return VmessOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    return new VmessOutbound(
        spec.tag(), (VmessOptions) spec.options(), context.clock(), context.logs());
  }
}
