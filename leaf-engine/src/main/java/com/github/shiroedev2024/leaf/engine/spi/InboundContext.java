package com.github.shiroedev2024.leaf.engine.spi;

import org.slf4j.ILoggerFactory;

/** What an inbound may use. */
public interface InboundContext {
  Dispatcher dispatcher();

  EngineOptions options();

  ILoggerFactory logs();
}
