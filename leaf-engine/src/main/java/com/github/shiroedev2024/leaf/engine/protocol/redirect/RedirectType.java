package com.github.shiroedev2024.leaf.engine.protocol.redirect;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Reach;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The type {@code redirect}. */
public final class RedirectType implements OutboundType {
  @Override
  public String name() {
    return "redirect";
  }

  @Override
  public List<Key> keys() {
    return RedirectOptions.KEYS;
  }

  @Override
  public Reach reach(PartOptions options) {
    return Reach.FIXED;
  }

  @Override
  public PartOptions read(Settings settings) {
    return RedirectOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    return new RedirectOutbound(spec.tag(), ((RedirectOptions) spec.options()).target());
  }
}
