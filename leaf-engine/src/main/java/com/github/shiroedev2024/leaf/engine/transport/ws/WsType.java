package com.github.shiroedev2024.leaf.engine.transport.ws;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Reach;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The outbound type {@code ws}. */
public final class WsType implements OutboundType {
  @Override
  public String name() {
    return "ws";
  }

  @Override
  public List<String> aliases() {
    return List.of("websocket");
  }

  @Override
  public List<Key> keys() {
    return WsOptions.KEYS;
  }

  @Override
  public Reach reach(PartOptions options) {
    return Reach.SAME;
  }

  @Override
  public PartOptions read(Settings settings) {
    return WsOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    return new WsOutbound(spec.tag(), (WsOptions) spec.options(), context.options());
  }
}
