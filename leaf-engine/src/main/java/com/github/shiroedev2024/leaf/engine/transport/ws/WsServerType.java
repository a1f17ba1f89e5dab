package com.github.shiroedev2024.leaf.engine.transport.ws;

import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.LayerType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The inbound layer {@code ws}. */
public final class WsServerType implements LayerType {
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
    return WsServerOptions.KEYS;
  }

  @Override
  public PartOptions read(Settings settings) {
    return WsServerOptions.read(settings);
  }

  @Override
  public InboundLayer layer(InboundSpec spec, InboundContext context) {
    return new WsLayer((WsServerOptions) spec.options(), context.options());
  }
}
