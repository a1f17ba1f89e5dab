package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.spi.Dispatcher;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.FakeAddresses;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import io.netty.channel.EventLoopGroup;
import org.slf4j.ILoggerFactory;

/** Another context, with fake addresses. */
record FakingContext(InboundContext other, FakeAddresses fakeAddresses) implements InboundContext {
  @Override
  public Dispatcher dispatcher() {
    return other.dispatcher();
  }

  @Override
  public EngineOptions options() {
    return other.options();
  }

  @Override
  public ILoggerFactory logs() {
    return other.logs();
  }

  @Override
  public InboundSpec part(String tag) {
    return other.part(tag);
  }

  @Override
  public EventLoopGroup loops() {
    return other.loops();
  }
}
