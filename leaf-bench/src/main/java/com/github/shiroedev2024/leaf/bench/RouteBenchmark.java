package com.github.shiroedev2024.leaf.bench;

import com.github.shiroedev2024.leaf.engine.net.Cidr;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.route.Router;
import com.github.shiroedev2024.leaf.engine.spi.RuleSpec;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The rule for a name and for an address, among rules half of names and half of blocks. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RouteBenchmark {
  @Param({"10", "10000"})
  int rules = 10;

  private final Destination unknownName = Destination.of("www.elsewhere.test", 443);
  private final Destination unknownAddress = Destination.of("203.0.113.9", 443);
  private Router router = new Router(List.of());
  private Destination name = unknownName;

  /** Rules of which the last but one is asked for. */
  @Setup
  public void ready() {
    List<RuleSpec> specs = new ArrayList<>();
    for (int i = 0; i < rules; i++) {
      if (i % 2 == 0) {
        specs.add(rule(List.of(), List.of("site" + i + ".example.com")));
      } else {
        specs.add(
            rule(List.of(Cidr.parse("10." + (i >> 8) + "." + (i & 0xff) + ".0/24")), List.of()));
      }
    }
    router = new Router(specs);
    name = Destination.of("www.site" + (rules - 2) + ".example.com", 443);
    if (matchName() == null || missName() != null || missAddress() != null) {
      throw new IllegalStateException("the rules do not match as they shall");
    }
  }

  private static RuleSpec rule(List<Cidr> blocks, List<String> suffixes) {
    return new RuleSpec(
        "rule",
        "direct",
        blocks,
        List.of(),
        suffixes,
        List.of(),
        List.of(),
        Set.of(),
        Set.of(),
        Source.NONE);
  }

  /** A name that the last rule of names takes. */
  @Benchmark
  public @Nullable RuleSpec matchName() {
    return router.match(Network.TCP, name, "socks", null, null);
  }

  /** A name that no rule takes. */
  @Benchmark
  public @Nullable RuleSpec missName() {
    return router.match(Network.TCP, unknownName, "socks", null, null);
  }

  /** An address that no rule takes. */
  @Benchmark
  public @Nullable RuleSpec missAddress() {
    return router.match(Network.TCP, unknownAddress, "socks", null, null);
  }
}
