package com.github.shiroedev2024.leaf.engine.transport.grpc;

import com.github.shiroedev2024.leaf.engine.http2.H2Layer;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.LayerType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The inbound layer {@code grpc}. */
public final class GrpcServerType implements LayerType {
  @Override
  public String name() {
    return "grpc";
  }

  @Override
  public List<Key> keys() {
    return GrpcOptions.KEYS;
  }

  @Override
  public PartOptions read(Settings settings) {
    return GrpcOptions.read(settings);
  }

  @Override
  public InboundLayer layer(InboundSpec spec, InboundContext context) {
    return new H2Layer(new GrpcService(((GrpcOptions) spec.options()).path()), context.options());
  }
}
