package com.github.shiroedev2024.leaf.engine.transport.grpc;

import com.github.shiroedev2024.leaf.engine.http2.H2Outbound;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Reach;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The outbound type {@code grpc}. */
public final class GrpcType implements OutboundType {
  @Override
  public String name() {
    return "grpc";
  }

  @Override
  public List<Key> keys() {
    return GrpcOptions.KEYS;
  }

  @Override
  public Reach reach(PartOptions options) {
    return Reach.SAME;
  }

  @Override
  public PartOptions read(Settings settings) {
    return GrpcOptions.read(settings);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    return new H2Outbound(
        spec.tag(),
        new GrpcCall(
            (GrpcOptions) spec.options(), context.options().get(EngineOptions.HTTP_USER_AGENT)),
        context.options());
  }
}
