package com.github.shiroedev2024.leaf.engine.transport.h2;

import com.github.shiroedev2024.leaf.engine.http2.H2Layer;
import com.github.shiroedev2024.leaf.engine.http2.H2Outbound;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.transport.PooledContract;
import java.util.List;

class H2Test extends PooledContract {
  @Override
  protected Outbound outbound(EngineOptions options) {
    return new H2Outbound(
        "h2", new H2PutRequest(new H2Options(List.of("a.example"), "/p?x=1"), "agent"), options);
  }

  @Override
  protected InboundLayer layer(EngineOptions options) {
    return new H2Layer(
        new H2PutService(new H2ServerOptions(List.of("b.example", "a.example"), "/p")), options);
  }

  @Override
  protected InboundLayer otherLayer(EngineOptions options) {
    return new H2Layer(new H2PutService(new H2ServerOptions(List.of("b.example"), "/p")), options);
  }
}
