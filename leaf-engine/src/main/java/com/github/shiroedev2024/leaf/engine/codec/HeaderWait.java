package com.github.shiroedev2024.leaf.engine.codec;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits shortly for the client's first bytes, so that both leave in one piece. When
 * none come it goes alone, since there are remotes that speak first. On the stream's event loop.
 */
public final class HeaderWait {
  /** How long a request waits for bytes to go with it. */
  public static final long MILLIS = 10;

  private @Nullable Future<?> timer;

  /**
   * Starts waiting.
   *
   * @param alone sends the request by itself; not called after {@link #end}
   */
  public HeaderWait(EventExecutor loop, Runnable alone) {
    timer =
        loop.schedule(
            () -> {
              timer = null;
              alone.run();
            },
            MILLIS,
            TimeUnit.MILLISECONDS);
  }

  /** Whether the request has neither gone alone nor found something to go with. */
  public boolean waiting() {
    return timer != null;
  }

  /**
   * Ends the wait: the request goes with what is written now, or the stream is over.
   *
   * @return false when it was over before
   */
  public boolean end() {
    Future<?> running = timer;
    if (running == null) {
      return false;
    }
    timer = null;
    running.cancel(false);
    return true;
  }
}
