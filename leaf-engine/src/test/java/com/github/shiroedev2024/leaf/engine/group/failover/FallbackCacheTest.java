package com.github.shiroedev2024.leaf.engine.group.failover;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.fakes.FakeOutbound;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class FallbackCacheTest {
  private final MockTicker ticker = Ticker.newMockTicker();
  private final FallbackCache cache = new FallbackCache(2, Duration.ofMinutes(1), ticker);
  private final FakeOutbound a = new FakeOutbound("a");

  private static Destination host(String name) {
    return Destination.of(name, 80);
  }

  @Test
  void forgetsTheLeastRecentlyUsed() {
    cache.put(host("x"), a);
    cache.put(host("y"), a);
    assertThat(cache.get(host("x"))).isSameAs(a);
    cache.put(host("z"), a);
    assertThat(cache.get(host("y"))).isNull();
    assertThat(cache.get(host("x"))).isSameAs(a);
    assertThat(cache.get(host("z"))).isSameAs(a);
    assertThat(cache.get(host("z").withPort(81))).isNull();
  }

  @Test
  void forgetsAfterTheTimeSinceTheLastUse() {
    cache.put(host("x"), a);
    ticker.advance(59, TimeUnit.SECONDS);
    assertThat(cache.get(host("x"))).isSameAs(a);
    ticker.advance(59, TimeUnit.SECONDS);
    assertThat(cache.get(host("x"))).isSameAs(a);
    ticker.advance(60, TimeUnit.SECONDS);
    assertThat(cache.get(host("x"))).isNull();
  }

  @Test
  void removesOne() {
    cache.put(host("x"), a);
    cache.remove(host("x"));
    assertThat(cache.get(host("x"))).isNull();
  }
}
