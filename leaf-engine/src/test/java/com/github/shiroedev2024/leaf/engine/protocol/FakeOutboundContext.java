package com.github.shiroedev2024.leaf.engine.protocol;

import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.Prober;
import com.github.shiroedev2024.leaf.engine.spi.Resolver;
import com.github.shiroedev2024.leaf.engine.spi.Selections;
import com.github.shiroedev2024.leaf.engine.telemetry.Ledger;
import io.netty.channel.EventLoopGroup;
import org.slf4j.ILoggerFactory;
import org.slf4j.helpers.NOPLoggerFactory;

/** What a plain protocol's outbound may ask for; anything else fails the test. */
public record FakeOutboundContext(Dialer system, EngineOptions options) implements OutboundContext {
  @Override
  public Outbound outbound(String tag) {
    throw new AssertionError(
        "no protocol refers to other outbounds, and this one asked for " + tag);
  }

  @Override
  public Resolver resolver() {
    throw new AssertionError("names are for the dialer to look up");
  }

  @Override
  public Ledger ledger() {
    throw new AssertionError("no protocol counts");
  }

  @Override
  public Prober prober() {
    throw new AssertionError("no protocol probes");
  }

  @Override
  public Selections selections() {
    throw new AssertionError("no protocol selects");
  }

  @Override
  public EventLoopGroup loops() {
    throw new AssertionError("a session brings its loop");
  }

  @Override
  public ILoggerFactory logs() {
    return new NOPLoggerFactory();
  }
}
