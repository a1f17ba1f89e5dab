package com.github.shiroedev2024.leaf.engine.fakes;

import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.ProbeTarget;
import com.github.shiroedev2024.leaf.engine.spi.Prober;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** Answers probes from a table of milliseconds; who is not in it fails. */
public final class FakeProber implements Prober {
  /** One probe. */
  public record Asked(String tag, Network network, ProbeTarget target, Promise<Duration> promise) {}

  public final List<Asked> asked = new ArrayList<>();
  public boolean held;
  private final Map<String, Queue<Integer>> next = new HashMap<>();
  private final Map<String, Integer> always = new HashMap<>();
  private final EventLoop loop;

  public FakeProber(EventLoop loop) {
    this.loop = loop;
  }

  /** Every probe of this tag from now on, over either network; negative: it fails. */
  public FakeProber millis(String tag, int millis) {
    return millis(tag, Network.TCP, millis).millis(tag, Network.UDP, millis);
  }

  public FakeProber millis(String tag, Network network, int millis) {
    always.put(tag + network, millis);
    return this;
  }

  /** The coming probes of this tag over TCP, one after the other. */
  public void series(String tag, Integer... millis) {
    next.put(tag + Network.TCP, new ArrayDeque<>(List.of(millis)));
  }

  public long count(Network network) {
    return asked.stream().filter(a -> a.network() == network).count();
  }

  @Override
  public Future<Duration> probe(Outbound outbound, Network network, ProbeTarget target) {
    Promise<Duration> promise = loop.newPromise();
    Asked probe = new Asked(outbound.tag(), network, target, promise);
    asked.add(probe);
    if (!held) {
      answer(probe);
    }
    return promise;
  }

  private void answer(Asked probe) {
    String key = probe.tag() + probe.network();
    Queue<Integer> series = next.get(key);
    Integer millis = series == null || series.isEmpty() ? always.get(key) : series.poll();
    if (millis == null || millis < 0) {
      probe.promise().tryFailure(new SessionException(CloseReason.DIAL_FAILED, "dead"));
    } else {
      probe.promise().trySuccess(Duration.ofMillis(millis));
    }
  }

  /** Answers all that were held back. */
  public void release() {
    held = false;
    for (Asked probe : List.copyOf(asked)) {
      if (!probe.promise().isDone()) {
        answer(probe);
      }
    }
  }

  @Override
  public ProbeTarget target() {
    return ProbeTarget.DEFAULT;
  }
}
