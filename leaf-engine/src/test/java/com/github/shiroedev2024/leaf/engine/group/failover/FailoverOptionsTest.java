package com.github.shiroedev2024.leaf.engine.group.failover;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.fakes.FakeContext;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Problem;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FailoverOptionsTest {
  private final Problems problems = new Problems();

  private FailoverOptions read(String... keyValues) {
    return FailoverOptions.read(FakeContext.conf(problems, List.of("a", "b"), keyValues), false);
  }

  @Test
  void hasTheDefaults() {
    assertThat(read())
        .isEqualTo(
            new FailoverOptions(
                List.of("a", "b"),
                Duration.ofSeconds(4),
                true,
                null,
                new FailoverOptions.Checks(
                    true,
                    false,
                    false,
                    Duration.ofSeconds(300),
                    Duration.ofSeconds(6),
                    Duration.ofMillis(200),
                    Duration.ofSeconds(900),
                    List.of(),
                    1,
                    50,
                    null,
                    null),
                null));
    assertThat(problems.all()).isEmpty();
  }

  @Test
  void readsEveryKey() {
    FailoverOptions options =
        read(
            "failTimeout=1",
            "failover=false",
            "lastResort=d",
            "healthCheck=false",
            "checkInterval=2",
            "healthCheckTimeout=3",
            "healthCheckDelay=4",
            "healthCheckActive=5",
            "healthCheckPrefers=b:a",
            "healthCheckOnStart=true",
            "healthCheckWait=true",
            "healthCheckAttempts=6",
            "healthCheckSuccessPercentage=7",
            "healthCheckUrl=https://x.example/",
            "healthCheckDns=9.9.9.9",
            "fallbackCache=true",
            "cacheSize=8",
            "cacheTimeout=9");
    assertThat(options)
        .isEqualTo(
            new FailoverOptions(
                List.of("a", "b"),
                Duration.ofSeconds(1),
                false,
                "d",
                new FailoverOptions.Checks(
                    false,
                    true,
                    true,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(3),
                    Duration.ofMillis(4),
                    Duration.ofSeconds(5),
                    List.of("b", "a"),
                    6,
                    7,
                    URI.create("https://x.example/"),
                    "9.9.9.9"),
                new FailoverOptions.Cache(8, Duration.ofMinutes(9))));
    assertThat(problems.all()).isEmpty();
    assertThat(options.references()).containsExactly("a", "b", "d");
  }

  @Test
  void prefersIsAListInJson() {
    List<Settings.Value> tags =
        List.of(new Settings.Value("a", Source.NONE), new Settings.Value("b", Source.NONE));
    Settings settings =
        new Settings(
            "outbound 'G'",
            Source.NONE,
            Map.of(
                "actors",
                new Settings.Value(tags, Source.NONE),
                "healthCheckPrefers",
                new Settings.Value(tags, Source.NONE)),
            false,
            problems);
    assertThat(FailoverOptions.read(settings, false).checks().prefers()).containsExactly("a", "b");
    assertThat(problems.all()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "failTimeout=0",
    "failTimeout=x",
    "checkInterval=0",
    "healthCheckTimeout=0",
    "healthCheckDelay=-1",
    "healthCheckAttempts=0",
    "healthCheckAttempts=101",
    "healthCheckSuccessPercentage=101",
    "cacheSize=0",
    "cacheTimeout=0",
    "healthCheckUrl=x.example",
    "healthCheckDns=9.9.9.9:0"
  })
  void refusesValuesOutOfRange(String keyValue) {
    read(keyValue);
    assertThat(problems.all())
        .singleElement()
        .satisfies(
            p -> {
              assertThat(p.isError()).isTrue();
              assertThat(p.message()).startsWith("outbound 'G': ");
              assertThat(p.remedy()).isNotEmpty();
            });
  }

  @Test
  void warnsOfWhatMeansNothing() {
    assertThat(read("healthCheckPrefers=c:b", "healthCheckDelay=6000").checks().prefers())
        .containsExactly("b");
    assertThat(problems.all()).extracting(Problem::isError).containsExactly(false, false);
  }

  @Test
  void urlTestHasNoFailover() {
    Settings settings = FakeContext.conf(problems, List.of("a"), "failover=true");
    assertThat(FailoverOptions.read(settings, true).failover()).isFalse();
    assertThat(problems.all()).extracting(Problem::isError).containsExactly(false);
    assertThat(FailoverOptions.read(FakeContext.conf(problems, List.of("a")), true).failover())
        .isFalse();
    assertThat(FailoverType.urlTest().name()).isEqualTo("url-test");
    assertThat(FailoverType.failover().aliases()).containsExactly("fallback");
  }

  @Test
  void namesEveryKeyOnce() {
    assertThat(FailoverType.failover().keys()).extracting(Key::name).doesNotHaveDuplicates();
  }
}
