package com.github.shiroedev2024.leaf.engine.registry;

import com.github.shiroedev2024.leaf.engine.group.chain.ChainType;
import com.github.shiroedev2024.leaf.engine.group.failover.FailoverType;
import com.github.shiroedev2024.leaf.engine.group.fixed.FixedType;
import com.github.shiroedev2024.leaf.engine.group.select.SelectType;
import com.github.shiroedev2024.leaf.engine.group.tryall.TryAllType;
import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All types there are. A new protocol, transport or group is one line here. */
public final class Registry {
  private static final List<InboundType> INBOUNDS = List.of();

  private static final List<OutboundType> OUTBOUNDS =
      List.of(
          new SelectType(),
          FailoverType.failover(),
          FailoverType.urlTest(),
          new FixedType(),
          new TryAllType(),
          new ChainType());

  private Registry() {}

  public static List<InboundType> inbounds() {
    return INBOUNDS;
  }

  public static List<OutboundType> outbounds() {
    return OUTBOUNDS;
  }

  /** The inbound type of this name or alias, or null. Names are case-sensitive. */
  public static @Nullable InboundType inbound(String word) {
    for (InboundType type : INBOUNDS) {
      if (type.name().equals(word) || type.aliases().contains(word)) {
        return type;
      }
    }
    return null;
  }

  /** The outbound type of this name or alias, or null. Names are case-sensitive. */
  public static @Nullable OutboundType outbound(String word) {
    for (OutboundType type : OUTBOUNDS) {
      if (type.name().equals(word) || type.aliases().contains(word)) {
        return type;
      }
    }
    return null;
  }
}
