package com.github.shiroedev2024.leaf.engine.probe;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.ProbeTarget;
import com.github.shiroedev2024.leaf.engine.spi.Prober;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * Probes outbounds: over TCP a GET for the target page whose status line must be right, over UDP a
 * DNS query whose answer must fit, and PING and PONG where the target is a Leaf server. The time is
 * that from the first dial to the answer.
 *
 * <p>At most {@link EngineOptions#MAX_PROBES} run at once; the others wait in line, and that time
 * counts neither for the result nor for the timeout.
 */
public final class DefaultProber implements Prober {
  private final EventLoopGroup loops;
  private final Dialer system;
  private final ProbeTarget target;
  private final Slots slots;
  private final TlsContext tls;

  /**
   * @param system what probed outbounds dial through
   * @param target what is asked for where a group has no target of its own
   */
  public DefaultProber(
      EventLoopGroup loops, Dialer system, EngineOptions options, ProbeTarget target) {
    this(loops, system, options, target, TlsContext::webRoots);
  }

  /**
   * @param tls makes the context for https pages, once, when the first is asked for; it may block
   */
  public DefaultProber(
      EventLoopGroup loops,
      Dialer system,
      EngineOptions options,
      ProbeTarget target,
      Callable<SslContext> tls) {
    this.loops = loops;
    this.system = system;
    this.target = target;
    this.slots = new Slots(options.get(EngineOptions.MAX_PROBES));
    this.tls = new TlsContext(tls);
  }

  @Override
  public ProbeTarget target() {
    return target;
  }

  /** Cancelling the future ends the probe. */
  @Override
  public Future<Duration> probe(Outbound outbound, Network network, ProbeTarget asked) {
    EventLoop loop = loops.next();
    if (!outbound.carries(network)) {
      return loop.newFailedFuture(
          new SessionException(
              CloseReason.NOT_SUPPORTED,
              "'" + outbound.tag() + "' does not carry " + network.word()));
    }
    Destination destination;
    try {
      destination = network == Network.TCP || asked.asksLeaf() ? asked.page() : asked.dns();
    } catch (IllegalArgumentException e) {
      return loop.newFailedFuture(SessionException.of(e, CloseReason.INTERNAL_ERROR));
    }
    Promise<Duration> result = loop.newPromise();
    Probe probe = new Probe(outbound, network, asked, destination, system, tls, loop, result);
    slots.run(probe);
    return result;
  }
}
