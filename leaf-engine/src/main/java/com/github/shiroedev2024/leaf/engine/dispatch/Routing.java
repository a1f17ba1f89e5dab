package com.github.shiroedev2024.leaf.engine.dispatch;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.sniff.Sniffing;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.Resolver;
import com.github.shiroedev2024.leaf.engine.spi.RuleSpec;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** What the dispatcher asks of the engine that is live. */
public interface Routing {
  /**
   * The first rule that matches, or null.
   *
   * @param resolved an address of the destination's name, when rules are asked a second time
   * @param learnt a name of the destination's address, which rules see too
   */
  @Nullable RuleSpec match(
      Network network,
      Destination destination,
      String inboundTag,
      @Nullable InetAddress resolved,
      @Nullable String learnt);

  /** Of which sessions names are learnt. */
  Sniffing sniffing();

  /** Whether a name that no rule matched is looked up and the rules asked again. */
  boolean domainResolve();

  /** The outbound or group of this tag, or null. */
  @Nullable Outbound outbound(String tag);

  /** What takes a session that no rule matches. */
  Outbound defaultOutbound();

  Resolver resolver();

  /** The system's sockets, below every outbound. */
  Dialer system();

  EngineOptions options();
}
