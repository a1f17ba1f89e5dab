package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.net.Cidr;
import com.github.shiroedev2024.leaf.engine.net.Network;
import java.util.List;
import java.util.Set;

/**
 * One checked rule. Values of one kind are alternatives; all kinds present must match; the three
 * domain lists are one kind.
 *
 * @param text the rule as written (in JSON: a short form of it), for people
 * @param target the tag of the outbound
 */
public record RuleSpec(
    String text,
    String target,
    List<Cidr> ip,
    List<String> domain,
    List<String> domainSuffix,
    List<String> domainKeyword,
    List<PortRange> portRange,
    Set<Network> network,
    Set<String> inboundTag,
    Source source) {

  /** Ports from {@code first} to {@code last}, both included. */
  public record PortRange(int first, int last) {
    public boolean contains(int port) {
      return port >= first && port <= last;
    }
  }
}
