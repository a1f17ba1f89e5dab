package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.telemetry.Ledger;
import io.netty.channel.EventLoopGroup;
import java.time.InstantSource;
import org.slf4j.ILoggerFactory;

/** What an outbound may use. */
public interface OutboundContext {
  /** An outbound these options reference; it was built before. */
  Outbound outbound(String tag);

  /** The system's own sockets: what a node dials through when nothing is below it. */
  Dialer system();

  /** Names to addresses. */
  Resolver resolver();

  EngineOptions options();

  /** Where a probe's result and totals are kept by tag. */
  Ledger ledger();

  Prober prober();

  Selections selections();

  EventLoopGroup loops();

  ILoggerFactory logs();

  /** The wall clock, for protocols that send or check Unix time. */
  default InstantSource clock() {
    return InstantSource.system();
  }
}
