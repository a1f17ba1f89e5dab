package com.github.shiroedev2024.leaf.engine.transport.grpc;

import com.github.shiroedev2024.leaf.engine.http2.H2Layer;
import com.github.shiroedev2024.leaf.engine.http2.H2Outbound;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.transport.PooledContract;

class GrpcTest extends PooledContract {
  @Override
  protected Outbound outbound(EngineOptions options) {
    return new H2Outbound("grpc", new GrpcCall(new GrpcOptions("a b"), ""), options);
  }

  @Override
  protected InboundLayer layer(EngineOptions options) {
    return new H2Layer(new GrpcService(new GrpcOptions("a b").path()), options);
  }

  @Override
  protected InboundLayer otherLayer(EngineOptions options) {
    return new H2Layer(new GrpcService(new GrpcOptions("ab").path()), options);
  }
}
