package com.github.shiroedev2024.leaf.engine.route;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.spi.RuleSpec;
import com.github.shiroedev2024.leaf.engine.spi.RuleSpec.PortRange;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules in order; the first that matches decides. All kinds of condition that a rule has must
 * hold, of one kind any value will do; whole names, suffixes and keywords are one kind. A rule
 * without conditions matches nothing.
 *
 * <p>Rules with names only, and rules with address blocks only, are found through an index in a
 * time that does not depend on their number. The others are looked at one by one, up to the rule
 * the index found. Immutable; any thread may ask.
 */
public final class Router {
  /** A rule of several kinds, or of a kind that has no index. */
  private record Mixed(
      int number, @Nullable DomainIndex names, @Nullable AddressIndex addresses, RuleSpec spec) {
    boolean matches(
        Network network, @Nullable String host, byte @Nullable [] address, int port, String tag) {
      return (spec.network().isEmpty() || spec.network().contains(network))
          && (spec.inboundTag().isEmpty() || spec.inboundTag().contains(tag))
          && (spec.portRange().isEmpty() || inRange(port))
          && (names == null || (host != null && names.first(host) != DomainIndex.NONE))
          && (addresses == null
              || (address != null && addresses.first(address) != DomainIndex.NONE));
    }

    private boolean inRange(int port) {
      for (int i = 0; i < spec.portRange().size(); i++) {
        PortRange range = spec.portRange().get(i);
        if (range.contains(port)) {
          return true;
        }
      }
      return false;
    }
  }

  private final List<RuleSpec> rules;
  private final DomainIndex names = new DomainIndex();
  private final AddressIndex addresses = new AddressIndex();
  private final List<Mixed> mixed = new ArrayList<>();

  public Router(List<RuleSpec> rules) {
    this.rules = List.copyOf(rules);
    for (int i = 0; i < this.rules.size(); i++) {
      RuleSpec rule = this.rules.get(i);
      boolean byName =
          !rule.domain().isEmpty()
              || !rule.domainSuffix().isEmpty()
              || !rule.domainKeyword().isEmpty();
      boolean byAddress = !rule.ip().isEmpty();
      boolean byOther =
          !rule.network().isEmpty() || !rule.inboundTag().isEmpty() || !rule.portRange().isEmpty();
      if (byName && !byAddress && !byOther) {
        addNames(names, rule, i);
      } else if (byAddress && !byName && !byOther) {
        addAddresses(addresses, rule, i);
      } else if (byName || byAddress || byOther) {
        DomainIndex ownNames = byName ? new DomainIndex() : null;
        AddressIndex ownAddresses = byAddress ? new AddressIndex() : null;
        if (ownNames != null) {
          addNames(ownNames, rule, i);
        }
        if (ownAddresses != null) {
          addAddresses(ownAddresses, rule, i);
        }
        mixed.add(new Mixed(i, ownNames, ownAddresses, rule));
      }
    }
  }

  private static void addNames(DomainIndex index, RuleSpec rule, int number) {
    rule.domain().forEach(name -> index.addName(name, number));
    rule.domainSuffix().forEach(name -> index.addSuffix(name, number));
    rule.domainKeyword().forEach(part -> index.addKeyword(part, number));
  }

  private static void addAddresses(AddressIndex index, RuleSpec rule, int number) {
    rule.ip().forEach(block -> index.add(block, number));
  }

  /**
   * The first rule that matches, or null.
   *
   * @param resolved where the name was found, when the rules are asked a second time: the rules
   *     then see this address instead of the name
   * @param learnt what a destination that is an address is known to be called: the rules see both
   */
  public @Nullable RuleSpec match(
      Network network,
      Destination destination,
      String inboundTag,
      @Nullable InetAddress resolved,
      @Nullable String learnt) {
    InetAddress ip = resolved != null ? resolved : destination.address();
    String host = ip == null ? destination.host() : learnt;
    byte[] address = ip == null ? null : ip.getAddress();
    int best = DomainIndex.NONE;
    if (host != null) {
      best = names.first(host);
    }
    if (address != null) {
      best = Math.min(best, addresses.first(address));
    }
    for (int i = 0; i < mixed.size(); i++) {
      Mixed rule = mixed.get(i);
      if (rule.number >= best) {
        break;
      }
      if (rule.matches(network, host, address, destination.port(), inboundTag)) {
        best = rule.number;
        break;
      }
    }
    return best == DomainIndex.NONE ? null : rules.get(best);
  }

  /** Whether an address could change the answer: some rule looks at addresses. */
  public boolean looksAtAddresses() {
    for (RuleSpec rule : rules) {
      if (!rule.ip().isEmpty()) {
        return true;
      }
    }
    return false;
  }
}
