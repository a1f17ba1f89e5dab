package com.github.shiroedev2024.leaf.engine.spi;

import io.netty.channel.EventLoopGroup;
import java.time.InstantSource;
import org.slf4j.ILoggerFactory;

/** What an inbound may use. */
public interface InboundContext {
  Dispatcher dispatcher();

  /** Names to addresses, for inbounds that answer for names. */
  default Resolver resolver() {
    throw new IllegalStateException("no names are looked up here");
  }

  /** Addresses that stand for names, for inbounds that answer for names. */
  default FakeAddresses fakeAddresses() {
    return FakeAddresses.NONE;
  }

  EngineOptions options();

  ILoggerFactory logs();

  /** The settings of a part that these options reference. */
  InboundSpec part(String tag);

  EventLoopGroup loops();

  /** The wall clock, for protocols that send or check Unix time. */
  default InstantSource clock() {
    return InstantSource.system();
  }
}
