package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import com.github.shiroedev2024.leaf.engine.codec.UuidUser;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The inbound type {@code vmess}. */
public final class VmessInboundType implements InboundType {
  @Override
  public String name() {
    return "vmess";
  }

  @Override
  public List<Key> keys() {
    return UuidUser.KEYS;
  }

  @Override
  public PartOptions read(Settings settings) {
    return VmessInboundOptions.read(settings);
  }

  @Override
  public List<String> userIds(PartOptions options) {
    return UuidUser.shownIds(((VmessInboundOptions) options).users());
  }

  @Override
  public Inbound build(InboundSpec spec, InboundContext context) {
    return new VmessInbound(spec.tag(), (VmessInboundOptions) spec.options(), context);
  }
}
