package com.github.shiroedev2024.leaf.runtime.health;

import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.Prober;
import com.github.shiroedev2024.leaf.engine.telemetry.Ledger;
import com.github.shiroedev2024.leaf.engine.telemetry.TagTotals;
import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Health;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/** Probes outbounds on demand and remembers what was measured. */
public final class HealthService {
  private static final double NANOS_PER_MS = 1e6;

  private final Ledger ledger;
  private final Logger log;

  public HealthService(Ledger ledger, ILoggerFactory logs) {
    this.ledger = ledger;
    this.log = logs.getLogger("leaf.health");
  }

  /** TCP and UDP side by side; a probe that fails answers null and says why in the log. */
  public CompletableFuture<Health> health(Outbound outbound, Prober prober) {
    CompletableFuture<Double> tcp = measure(outbound, Network.TCP, prober);
    CompletableFuture<Double> udp = measure(outbound, Network.UDP, prober);
    TagTotals totals = ledger.outbound(outbound.tag());
    return tcp.handle((ms, e) -> e == null ? ms : failed(outbound, Network.TCP, e))
        .thenCombine(
            udp.handle((ms, e) -> e == null ? ms : failed(outbound, Network.UDP, e)),
            (tcpMs, udpMs) -> {
              totals.tcpMillis(tcpMs);
              totals.udpMillis(udpMs);
              return new Health(outbound.tag(), tcpMs, udpMs);
            });
  }

  /** One TCP probe in milliseconds; fails with FAILED and the reason. */
  public CompletableFuture<Double> tcp(Outbound outbound, Prober prober) {
    return measure(outbound, Network.TCP, prober)
        .handle(
            (ms, e) -> {
              if (e != null) {
                failed(outbound, Network.TCP, e);
                throw new ControlException(
                    ControlException.Kind.FAILED,
                    "no connectivity through '" + outbound.tag() + "': " + reason(e),
                    e);
              }
              ledger.outbound(outbound.tag()).tcpMillis(ms);
              return ms;
            });
  }

  private static CompletableFuture<Double> measure(
      Outbound outbound, Network network, Prober prober) {
    CompletableFuture<Double> result = new CompletableFuture<>();
    Future<Duration> probe = prober.probe(outbound, network, prober.target());
    probe.addListener(
        (Future<Duration> done) -> {
          if (done.isSuccess()) {
            result.complete(done.getNow().toNanos() / NANOS_PER_MS);
          } else {
            result.completeExceptionally(done.cause());
          }
        });
    return result;
  }

  @SuppressWarnings("NullAway") // null is the reading of a failed probe
  private Double failed(Outbound outbound, Network network, Throwable cause) {
    if (outbound.carries(network)) {
      log.info("{} probe of '{}' failed: {}", network.word(), outbound.tag(), reason(cause));
    }
    return null;
  }

  private static String reason(Throwable cause) {
    if (cause instanceof SessionException failure) {
      return failure.reason().text() + ", " + failure.getMessage();
    }
    return String.valueOf(cause.getMessage());
  }
}
