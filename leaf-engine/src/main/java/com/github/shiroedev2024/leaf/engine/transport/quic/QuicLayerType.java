package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.LayerType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The type {@code quic} in front of inbounds; the first part of its chain. */
public final class QuicLayerType implements LayerType {
  @Override
  public String name() {
    return "quic";
  }

  @Override
  public Network network() {
    return Network.UDP;
  }

  @Override
  public List<Key> keys() {
    return QuicLayerOptions.KEYS;
  }

  @Override
  public PartOptions read(Settings settings) {
    return QuicLayerOptions.read(settings);
  }

  @Override
  public InboundLayer layer(InboundSpec spec, InboundContext context) {
    return new QuicLayer(spec.tag(), (QuicLayerOptions) spec.options(), context);
  }
}
