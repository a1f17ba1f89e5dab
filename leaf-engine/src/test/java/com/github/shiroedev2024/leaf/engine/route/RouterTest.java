package com.github.shiroedev2024.leaf.engine.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Cidr;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.spi.RuleSpec;
import com.github.shiroedev2024.leaf.engine.spi.RuleSpec.PortRange;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RouterTest {
  private static final Destination EXAMPLE = Destination.of("WWW.Example.com.", 443);

  @Test
  void wholeNamesSuffixesAndKeywordsIgnoreCaseAndTheLastDot() {
    assertThat(matches(names("www.EXAMPLE.com"), EXAMPLE)).isTrue();
    assertThat(matches(names("example.com"), EXAMPLE)).isFalse();
    assertThat(matches(suffixes("Example.COM."), EXAMPLE)).isTrue();
    assertThat(matches(suffixes(".example.com"), EXAMPLE)).isTrue();
    assertThat(matches(suffixes("www.example.com"), EXAMPLE)).isTrue();
    assertThat(matches(suffixes("ample.com"), EXAMPLE)).isFalse();
    assertThat(matches(suffixes("com"), EXAMPLE)).isTrue();
    assertThat(matches(keywords("AMPLE.c"), EXAMPLE)).isTrue();
    assertThat(matches(keywords("amples"), EXAMPLE)).isFalse();
    assertThat(matches(names("1.2.3.4"), Destination.of("1.2.3.4", 1))).isFalse();
  }

  @Test
  void theThreeKindsOfNameAreAlternatives() {
    RuleSpec rule = new Draft().name("a.example").suffix("b.example").keyword("see").spec();
    for (String host : List.of("a.example", "x.b.example", "oversee.test")) {
      assertThat(matches(rule, Destination.of(host, 1))).isTrue();
    }
    assertThat(matches(rule, Destination.of("x.a.example", 1))).isFalse();
  }

  @Test
  void blocksSeeAddressesOnly() {
    RuleSpec rule = new Draft().ip("10.0.0.0/8").ip("fd00::/8").spec();
    assertThat(matches(rule, Destination.of("10.1.2.3", 1))).isTrue();
    assertThat(matches(rule, Destination.of("11.1.2.3", 1))).isFalse();
    assertThat(matches(rule, Destination.of("fd12::1", 1))).isTrue();
    assertThat(matches(rule, EXAMPLE)).isFalse();
    assertThat(matches(new Draft().ip("0.0.0.0/0").spec(), Destination.of("::1", 1))).isFalse();
  }

  @Test
  void theSecondLookSeesTheAddressInsteadOfTheName() {
    Router router =
        new Router(
            List.of(new Draft().keyword("example").spec(), new Draft().ip("10.0.0.0/8").spec()));
    RuleSpec found = router.match(Network.TCP, EXAMPLE, "in", ip(10, 0, 0, 1), null);
    assertThat(found).isNotNull();
    assertThat(found.ip()).isNotEmpty();
    assertThat(router.match(Network.TCP, EXAMPLE, "in", ip(11, 0, 0, 1), null)).isNull();
  }

  @Test
  void allKindsMustHold() {
    Draft draft = new Draft().suffix("example.com").ports(400, 500);
    draft.network.add(Network.UDP);
    draft.inbound.add("in");
    RuleSpec rule = draft.spec();
    Router router = new Router(List.of(rule));
    assertThat(router.match(Network.UDP, EXAMPLE, "in", null, null)).isSameAs(rule);
    assertThat(router.match(Network.TCP, EXAMPLE, "in", null, null)).isNull();
    assertThat(router.match(Network.UDP, EXAMPLE, "other", null, null)).isNull();
    assertThat(router.match(Network.UDP, EXAMPLE.withPort(501), "in", null, null)).isNull();
    assertThat(router.match(Network.UDP, Destination.of("example.org", 443), "in", null, null))
        .isNull();
  }

  @Test
  void aRuleWithoutConditionsMatchesNothing() {
    assertThat(matches(new Draft().spec(), EXAMPLE)).isFalse();
  }

  @Test
  void findsTheSameRuleAsLookingAtEachInOrder() {
    Seeds.forEach(
        60,
        random -> {
          List<RuleSpec> rules = new ArrayList<>();
          for (int i = random.nextInt(60); i > 0; i--) {
            rules.add(randomRule(random));
          }
          Router router = new Router(rules);
          for (int i = 0; i < 300; i++) {
            Destination destination =
                Destination.of(
                    random.nextInt(3) == 0 ? randomAddress(random) : randomName(random),
                    random.nextInt(40));
            Network network = random.nextBoolean() ? Network.TCP : Network.UDP;
            String tag = "in" + random.nextInt(3);
            InetAddress resolved =
                destination.isDomain() && random.nextInt(4) == 0
                    ? Destination.of(randomAddress(random), 0).address()
                    : null;
            String learnt =
                !destination.isDomain() && random.nextBoolean() ? randomName(random) : null;
            assertThat(router.match(network, destination, tag, resolved, learnt))
                .as("%s %s %s %s %s", network, destination, tag, resolved, learnt)
                .isSameAs(reference(rules, network, destination, tag, resolved, learnt));
          }
        });
  }

  private static @Nullable RuleSpec reference(
      List<RuleSpec> rules,
      Network network,
      Destination destination,
      String tag,
      @Nullable InetAddress resolved,
      @Nullable String learnt) {
    InetAddress ip = resolved == null ? destination.address() : resolved;
    String name = ip == null ? destination.host() : learnt;
    String host = name == null ? null : plain(name);
    for (RuleSpec r : rules) {
      boolean named =
          !(r.domain().isEmpty() && r.domainSuffix().isEmpty() && r.domainKeyword().isEmpty());
      boolean any =
          named
              || !r.ip().isEmpty()
              || !r.portRange().isEmpty()
              || !r.network().isEmpty()
              || !r.inboundTag().isEmpty();
      boolean nameFits =
          host != null
              && (r.domain().stream().anyMatch(d -> plain(d).equals(host))
                  || r.domainSuffix().stream().anyMatch(d -> ("." + host).endsWith("." + bare(d)))
                  || r.domainKeyword().stream()
                      .anyMatch(d -> host.contains(d.toLowerCase(Locale.ROOT))));
      boolean ipFits = ip != null && r.ip().stream().anyMatch(c -> c.contains(ip));
      if (any
          && (!named || nameFits)
          && (r.ip().isEmpty() || ipFits)
          && (r.portRange().isEmpty()
              || r.portRange().stream().anyMatch(p -> p.contains(destination.port())))
          && (r.network().isEmpty() || r.network().contains(network))
          && (r.inboundTag().isEmpty() || r.inboundTag().contains(tag))) {
        return r;
      }
    }
    return null;
  }

  private static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  private static String bare(String suffix) {
    return plain(suffix.startsWith(".") ? suffix.substring(1) : suffix);
  }

  private static RuleSpec randomRule(Random random) {
    Draft draft = new Draft();
    List<Runnable> kinds =
        List.of(
            () -> draft.name(randomName(random)),
            () -> draft.suffix((random.nextBoolean() ? "." : "") + randomName(random)),
            () -> draft.keyword(randomName(random).substring(0, 1 + random.nextInt(1))),
            () -> draft.ip(randomAddress(random) + "/" + random.nextInt(33)),
            () -> {
              int first = random.nextInt(40);
              draft.ports(first, first + random.nextInt(10));
            },
            () -> draft.network.add(random.nextBoolean() ? Network.TCP : Network.UDP),
            () -> draft.inbound.add("in" + random.nextInt(3)));
    for (int i = random.nextInt(4); i > 0; i--) {
      Runnable kind = kinds.get(random.nextInt(random.nextBoolean() ? 4 : kinds.size()));
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        kind.run();
      }
    }
    return draft.spec();
  }

  private static String randomName(Random random) {
    StringBuilder name = new StringBuilder();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      name.append("aAbBé".charAt(random.nextInt(5)));
      if (random.nextBoolean()) {
        name.append("ab".charAt(random.nextInt(2)));
      }
      name.append(i > 1 ? "." : "");
    }
    return name + (random.nextInt(5) == 0 ? "." : "");
  }

  private static String randomAddress(Random random) {
    return random.nextInt(4) == 0
        ? String.format(
            Locale.ROOT,
            "%x:%x::%x",
            1 + random.nextInt(4),
            1 + random.nextInt(4),
            1 + random.nextInt(9))
        : random.nextInt(4) + "." + random.nextInt(4) + "." + random.nextInt(4) + ".1";
  }

  private static boolean matches(RuleSpec rule, Destination destination) {
    return new Router(List.of(rule)).match(Network.TCP, destination, "in", null, null) != null;
  }

  private static RuleSpec names(String name) {
    return new Draft().name(name).spec();
  }

  private static RuleSpec suffixes(String name) {
    return new Draft().suffix(name).spec();
  }

  private static RuleSpec keywords(String name) {
    return new Draft().keyword(name).spec();
  }

  private static InetAddress ip(int a, int b, int c, int d) {
    try {
      return InetAddress.getByAddress(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static final class Draft {
    private final List<Cidr> ip = new ArrayList<>();
    private final List<String> domain = new ArrayList<>();
    private final List<String> suffix = new ArrayList<>();
    private final List<String> keyword = new ArrayList<>();
    private final List<PortRange> ports = new ArrayList<>();
    private final Set<Network> network = EnumSet.noneOf(Network.class);
    private final Set<String> inbound = new HashSet<>();

    Draft ip(String block) {
      ip.add(Cidr.parse(block));
      return this;
    }

    Draft name(String name) {
      domain.add(name);
      return this;
    }

    Draft suffix(String name) {
      suffix.add(name);
      return this;
    }

    Draft keyword(String part) {
      keyword.add(part);
      return this;
    }

    Draft ports(int first, int last) {
      ports.add(new PortRange(first, last));
      return this;
    }

    RuleSpec spec() {
      return new RuleSpec(
          "rule", "out", ip, domain, suffix, keyword, ports, network, inbound, Source.NONE);
    }
  }
}
