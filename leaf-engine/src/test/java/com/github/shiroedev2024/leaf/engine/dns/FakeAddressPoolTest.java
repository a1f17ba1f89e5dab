package com.github.shiroedev2024.leaf.engine.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.spi.FakeAddresses.Use;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FakeAddressPoolTest {
  private final MockTicker ticker = Ticker.newMockTicker();
  private final FakeAddressPool pool = new FakeAddressPool(ticker);

  private static long bits(@Nullable InetAddress address) {
    return ByteBuffer.wrap(Objects.requireNonNull(address).getAddress()).getInt();
  }

  private long give(String name) {
    return bits(pool.give(name));
  }

  private void afterTheHold() {
    ticker.advance(FakeAddressPool.HOLD_NANOS, TimeUnit.NANOSECONDS);
  }

  @Test
  void aNameKeepsItsAddress() {
    assertThat(pool.give("a.example")).isEqualTo(InetAddress.ofLiteral("198.18.0.1"));
    assertThat(pool.give("b.example")).isEqualTo(InetAddress.ofLiteral("198.18.0.2"));
    assertThat(pool.give("a.example")).isEqualTo(InetAddress.ofLiteral("198.18.0.1"));
    assertThat(pool.name(bits(InetAddress.ofLiteral("198.18.0.2")))).isEqualTo("b.example");
    assertThat(pool.name(bits(InetAddress.ofLiteral("198.18.0.3")))).isNull();
    assertThat(pool.size()).isEqualTo(2);
  }

  @Test
  void knowsItsRange() {
    for (String in : List.of("198.18.0.0", "198.18.255.255", "198.18.3.7")) {
      assertThat(pool.inRange(bits(InetAddress.ofLiteral(in)))).as(in).isTrue();
    }
    for (String out : List.of("198.17.255.255", "198.19.0.0", "0.0.0.0", "255.255.255.255")) {
      assertThat(pool.inRange(bits(InetAddress.ofLiteral(out)))).as(out).isFalse();
    }
    assertThat(pool.inRange(-1)).isFalse();
    // Unsigned as packets have it, too.
    assertThat(pool.inRange(bits(InetAddress.ofLiteral("198.18.0.1")) & 0xffff_ffffL)).isTrue();
  }

  @Test
  void noneEndsInZeroOr255AndAllAreGiven() {
    Set<Long> given = new HashSet<>();
    for (int i = 0; i < FakeAddressPool.SIZE; i++) {
      long address = give(i + ".example");
      assertThat(address & 0xff).isBetween(1L, 254L);
      assertThat(pool.inRange(address)).isTrue();
      assertThat(given.add(address)).isTrue();
    }
    assertThat(pool.give("one.more.example")).isNull();
    afterTheHold();
    assertThat(pool.give("one.more.example")).isEqualTo(InetAddress.ofLiteral("198.18.0.1"));
    assertThat(pool.size()).isEqualTo(FakeAddressPool.SIZE);
  }

  @Test
  void theOneNotUsedForLongestGoes() {
    pool.limit(3);
    long a = give("a");
    long b = give("b");
    long c = give("c");
    afterTheHold();
    give("a"); // asked for again
    Objects.requireNonNull(pool.use(b)).close(); // talked to
    assertThat(give("d")).isEqualTo(c);
    assertThat(pool.name(a)).isEqualTo("a");
    assertThat(pool.name(b)).isEqualTo("b");
    assertThat(pool.name(c)).isEqualTo("d");
  }

  @Test
  void oneJustToldIsKept() {
    pool.limit(2);
    give("a");
    give("b");
    assertThat(pool.give("c")).isNull();
    assertThat(pool.give("a")).isNotNull();
    afterTheHold();
    assertThat(pool.give("c")).isNotNull();
  }

  @Test
  void oneInUseIsNeverTaken() {
    Use use = Objects.requireNonNull(pool.use(give("kept.example")));
    Use second = Objects.requireNonNull(pool.use(give("kept.example")));
    use.close();
    use.close(); // counts once
    long address = give("kept.example");
    for (int i = 0; i < 100_000; i++) {
      if (i % 10_000 == 0) {
        afterTheHold();
      }
      give(i + ".example");
    }
    assertThat(pool.name(address)).isEqualTo("kept.example");
    assertThat(pool.size()).isEqualTo(FakeAddressPool.SIZE);
    second.close();
    afterTheHold();
    for (int i = 100_000; i < 200_000; i++) {
      if (i % 10_000 == 0) {
        afterTheHold();
      }
      give(i + ".example");
    }
    assertThat(pool.name(address)).isNotEqualTo("kept.example");
  }

  @Test
  void withAllInUseNoneIsGiven() {
    pool.limit(16);
    List<Use> uses = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      uses.add(Objects.requireNonNull(pool.use(give("n" + i))));
    }
    afterTheHold();
    assertThat(pool.give("more")).isNull();
    uses.getFirst().close();
    afterTheHold();
    assertThat(pool.give("more")).isEqualTo(InetAddress.ofLiteral("198.18.0.1"));
  }

  @Test
  void aSmallerLimitSparesThoseInUse() {
    List<Use> uses = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      long address = give("n" + i);
      if (i < 20) {
        uses.add(Objects.requireNonNull(pool.use(address)));
      }
    }
    afterTheHold();
    pool.limit(16);
    assertThat(pool.size()).isEqualTo(20);
    afterTheHold();
    uses.forEach(Use::close);
    afterTheHold();
    pool.limit(16);
    assertThat(pool.size()).isEqualTo(16);
    pool.limit(50);
    Set<Long> given = new HashSet<>();
    for (int i = 0; i < 34; i++) {
      assertThat(given.add(give("more" + i))).isTrue();
    }
    assertThat(pool.size()).isEqualTo(50);
  }

  /** Against a model that knows nothing of lists and free places. */
  @Test
  void whateverHappensTwoNamesNeverShareAnAddress() {
    Seeds.forEach(
        200,
        random -> {
          FakeAddressPool some = new FakeAddressPool(ticker);
          int limit = 1 + random.nextInt(20);
          some.limit(limit);
          Map<Long, String> told = new HashMap<>();
          List<Use> uses = new ArrayList<>();
          for (int i = 0; i < 500; i++) {
            switch (random.nextInt(5)) {
              case 0, 1 -> {
                String name = "n" + random.nextInt(40);
                InetAddress given = some.give(name);
                if (given != null) {
                  told.put(bits(given), name);
                }
              }
              case 2 -> {
                for (long address : told.keySet()) {
                  Use use = random.nextInt(4) == 0 ? some.use(address) : null;
                  if (use != null) {
                    assertThat(use.name()).isEqualTo(told.get(address));
                    uses.add(use);
                  }
                }
              }
              case 3 -> {
                if (!uses.isEmpty()) {
                  uses.remove(random.nextInt(uses.size())).close();
                }
              }
              default -> ticker.advance(random.nextInt(2000), TimeUnit.MILLISECONDS);
            }
            assertThat(some.size()).isLessThanOrEqualTo(limit);
            for (Use use : uses) {
              InetAddress again = some.give(use.name());
              assertThat(told.get(bits(again))).isEqualTo(use.name());
            }
          }
        });
  }

  @Test
  void threadsShareIt() throws Exception {
    pool.limit(64);
    AtomicIntegerArray owners = new AtomicIntegerArray(256);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> all = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int thread = t;
        all.add(
            threads.submit(
                () -> {
                  int used = 0;
                  for (int i = 0; i < 50_000; i++) {
                    String name = "n" + (i * 7 + thread * 13) % 200;
                    InetAddress address = pool.give(name);
                    Use use = address == null ? null : pool.use(bits(address));
                    ticker.advance(1, TimeUnit.MILLISECONDS);
                    if (use == null) {
                      continue;
                    }
                    // While it is claimed, everybody who claims it claims it for the same name.
                    int slot = (int) bits(address) & 0xff;
                    int number = use.name().hashCode();
                    owners.set(slot, number);
                    used++;
                    assertThat(pool.name(bits(address))).isEqualTo(use.name());
                    assertThat(owners.get(slot)).isEqualTo(number);
                    use.close();
                  }
                  return used;
                }));
      }
      for (Future<Integer> one : all) {
        assertThat(one.get(60, TimeUnit.SECONDS)).isPositive();
      }
    }
    assertThat(pool.size()).isLessThanOrEqualTo(64);
  }
}
