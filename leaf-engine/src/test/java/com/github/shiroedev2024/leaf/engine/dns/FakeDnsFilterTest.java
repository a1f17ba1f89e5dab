package com.github.shiroedev2024.leaf.engine.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FakeDnsFilterTest {
  private final FakeDnsFilter some = new FakeDnsFilter(true, List.of("Example.org", "cdn"));
  private final FakeDnsFilter others = new FakeDnsFilter(false, List.of("Example.org", "cdn"));
  private final FakeDnsFilter all = new FakeDnsFilter(true, List.of("*"));

  @Test
  void includesNamesThatContainAWord() {
    assertThat(some.covered("WWW.example.ORG.")).isEqualTo("www.example.org");
    assertThat(some.covered("notexample.org.evil.test")).isEqualTo("notexample.org.evil.test");
    assertThat(some.covered("a.cdn7.test")).isEqualTo("a.cdn7.test");
    assertThat(some.covered("www.example.net")).isNull();
  }

  @Test
  void excludesTheSame() {
    assertThat(others.covered("www.example.org")).isNull();
    assertThat(others.covered("a.cdn7.test")).isNull();
    assertThat(others.covered("Www.Example.net")).isEqualTo("www.example.net");
  }

  @Test
  void aStarIsPartOfEveryName() {
    assertThat(all.covered("x")).isEqualTo("x");
    assertThat(new FakeDnsFilter(false, List.of("*")).covered("x")).isNull();
  }

  @Test
  void whatIsNoNameOfAHostElsewhereIsLeftAlone() {
    for (String name :
        List.of(
            "localhost", "LOCALHOST.", "a.localhost", "10.1.2.3", "", ".", "a..b", "a b", "é")) {
      assertThat(all.covered(name)).as(name).isNull();
    }
    assertThat(all.covered("x".repeat(64) + ".org")).isNull();
    assertThat(all.covered("_dns.resolver.arpa")).isEqualTo("_dns.resolver.arpa");
  }
}
