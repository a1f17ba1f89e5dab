package com.github.shiroedev2024.leaf.engine.fakes;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An event loop on the test's own thread, whose time stands still until it is advanced. */
public final class ManualLoop implements AutoCloseable {
  public final MockTicker ticker = Ticker.newMockTicker();
  public final ManualIoEventLoop loop =
      new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);

  /** Runs all that is due now. */
  public void run() {
    int ran;
    do {
      ran = loop.runNow();
    } while (ran > 0);
  }

  public void advance(Duration time) {
    run();
    ticker.advance(time.toNanos(), TimeUnit.NANOSECONDS);
    run();
  }

  public Session session(Network network, Destination destination) {
    return new Session(
        1,
        network,
        "in",
        new InetSocketAddress("127.0.0.1", 5000),
        destination,
        null,
        loop,
        SessionEvents.NONE,
        0);
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
    while (!loop.isTerminated()) {
      ticker.advance(1, TimeUnit.SECONDS);
      loop.runNow();
    }
  }
}
