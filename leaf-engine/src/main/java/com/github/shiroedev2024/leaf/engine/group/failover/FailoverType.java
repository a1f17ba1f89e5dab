package com.github.shiroedev2024.leaf.engine.group.failover;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;
import java.util.SplittableRandom;

/**
 * {@code failover} (also {@code fallback}): members in the order of their round trips, the next
 * when one fails. {@code url-test}: the same, but the best member only.
 */
public final class FailoverType implements OutboundType {
  private final boolean onlyBest;

  private FailoverType(boolean onlyBest) {
    this.onlyBest = onlyBest;
  }

  public static FailoverType failover() {
    return new FailoverType(false);
  }

  public static FailoverType urlTest() {
    return new FailoverType(true);
  }

  @Override
  public String name() {
    return onlyBest ? "url-test" : "failover";
  }

  @Override
  public List<String> aliases() {
    return onlyBest ? List.of() : List.of("fallback");
  }

  @Override
  public List<Key> keys() {
    return FailoverOptions.KEYS;
  }

  @Override
  public boolean isGroup() {
    return true;
  }

  @Override
  public PartOptions read(Settings settings) {
    return FailoverOptions.read(settings, onlyBest);
  }

  @Override
  public Outbound build(OutboundSpec spec, OutboundContext context) {
    return new FailoverGroup(
        spec.tag(), (FailoverOptions) spec.options(), context, new SplittableRandom());
  }
}
