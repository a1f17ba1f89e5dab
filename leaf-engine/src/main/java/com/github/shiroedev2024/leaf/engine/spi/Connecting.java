package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Hop;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

/** The steps between a dialled channel and a stream that is ready, with cancellation done right. */
public final class Connecting {
  private Connecting() {}

  /** What an outbound does with the channel below it. */
  public interface Step {
    /**
     * Adds handlers, starts the handshake, and completes {@code ready} with the channel (by {@link
     * #deliver}) or a {@code SessionException}. Channel and promise are on the session's loop. When
     * the promise fails the channel is closed by {@link #then}.
     */
    void run(Channel channel, Promise<Channel> ready);
  }

  /**
   * Runs a step on the channel that {@code below} gives. A failure of either is the result's
   * failure; cancelling the result cancels {@code below} or closes its channel.
   */
  public static Future<Channel> then(Session session, Future<Channel> below, Step step) {
    Promise<Channel> ready = session.loop().newPromise();
    below.addListener(
        (Future<Channel> dialled) -> {
          if (!dialled.isSuccess()) {
            ready.tryFailure(SessionException.of(dialled.cause(), CloseReason.DIAL_FAILED));
            return;
          }
          Channel channel = dialled.getNow();
          if (ready.isDone()) {
            channel.close();
            return;
          }
          ready.addListener(
              done -> {
                if (!done.isSuccess()) {
                  channel.close();
                }
              });
          long begun = session.loop().ticker().nanoTime();
          try {
            step.run(channel, ready);
          } catch (RuntimeException e) {
            ready.tryFailure(SessionException.of(e, CloseReason.INTERNAL_ERROR));
          }
          if (!ready.isDone()) { // a step that is done at once shook no hands
            ready.addListener(
                done -> {
                  if (done.isSuccess()) {
                    session.timings().handshake(begun, session.loop().ticker().nanoTime());
                  }
                });
          }
        });
    ready.addListener(
        done -> {
          if (done.isCancelled()) {
            below.cancel(false);
          }
        });
    return ready;
  }

  /** Completes the promise with the channel, or closes the channel when nobody waits any more. */
  public static void deliver(Promise<Channel> ready, Channel channel) {
    if (!ready.trySuccess(channel)) {
      channel.close();
    }
  }

  /** Notes the hop on the channel that comes, and hands it on. */
  public static Future<Channel> through(Session session, Hop hop, Future<Channel> opened) {
    return then(
        session,
        opened,
        (channel, ready) -> {
          Path.passed(channel, hop);
          deliver(ready, channel);
        });
  }

  /** A future that has failed already. */
  public static Future<Channel> failed(Session session, CloseReason reason, String message) {
    return session.loop().newFailedFuture(new SessionException(reason, message));
  }
}
