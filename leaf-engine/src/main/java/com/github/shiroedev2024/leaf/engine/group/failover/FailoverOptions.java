package com.github.shiroedev2024.leaf.engine.group.failover;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Members;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.ProbeTarget;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a failover or url-test group.
 *
 * @param failTimeout what one member may take until its stream is ready
 * @param failover whether the other members are tried when the first fails
 * @param lastResort the tag tried when all members failed, or null
 * @param cache null when destinations are not remembered
 */
record FailoverOptions(
    List<String> actors,
    Duration failTimeout,
    boolean failover,
    @Nullable String lastResort,
    Checks checks,
    @Nullable Cache cache)
    implements PartOptions {

  /**
   * How members are checked.
   *
   * @param enabled whether checks run by themselves; they can be asked for in any case
   * @param onStart whether the first round runs at the start rather than at the first session
   * @param waits whether sessions wait for the first round
   * @param interval between rounds
   * @param timeout of one probe, its random delay included
   * @param delay the random time before a probe is shorter than this
   * @param active a group unused for this long is not checked
   * @param prefers tags of members that win over the others as long as they live
   * @param attempts probes for one check
   * @param successPercentage of the attempts that must succeed
   * @param url the page asked for, or null for the general one
   * @param dns the DNS server asked, as in {@link ProbeTarget#withDns}, or null
   */
  record Checks(
      boolean enabled,
      boolean onStart,
      boolean waits,
      Duration interval,
      Duration timeout,
      Duration delay,
      Duration active,
      List<String> prefers,
      int attempts,
      int successPercentage,
      @Nullable URI url,
      @Nullable String dns) {

    /** What this group's probes ask for. */
    ProbeTarget target(ProbeTarget general) {
      ProbeTarget target = general.withTimeout(timeout);
      if (url != null) {
        target = target.withUrl(url);
      }
      return dns == null ? target : target.withDns(dns);
    }
  }

  /**
   * How it is remembered which member reached a destination.
   *
   * @param size destinations at most
   * @param timeout after the last use
   */
  record Cache(int size, Duration timeout) {}

  static final List<Key> KEYS =
      List.of(
          Members.KEY,
          new Key("failTimeout", "4 s", "s a member may take to dial and shake hands, 1 to 3600"),
          new Key("failover", "true", "try the other members when the first fails"),
          new Key("lastResort", "none", "tag of the outbound tried when all members failed"),
          new Key("healthCheck", "true", "check the members regularly"),
          new Key("checkInterval", "300 s", "s between checks, 1 to 604800"),
          new Key("healthCheckTimeout", "6 s", "s one probe may take, 1 to 600"),
          new Key("healthCheckDelay", "200 ms", "ms, a probe begins after a random part of it"),
          new Key("healthCheckActive", "900 s", "s without a session after which checks pause"),
          new Key("healthCheckPrefers", "none", "tags of members preferred while they live"),
          new Key("healthCheckOnStart", "false", "check at the start, not at the first session"),
          new Key("healthCheckWait", "false", "let sessions wait for the first check"),
          new Key("healthCheckAttempts", "1", "probes per member and check, 1 to 100"),
          new Key("healthCheckSuccessPercentage", "50", "% of the probes that must succeed"),
          new Key("healthCheckUrl", "the general one", "page that TCP probes ask for"),
          new Key("healthCheckDns", "the general one", "server[:port][/name] UDP probes ask"),
          new Key("fallbackCache", "false", "remember which member reached a destination"),
          new Key("cacheSize", "256", "destinations remembered, 1 to 65536"),
          new Key("cacheTimeout", "60 min", "min without use after which one is forgotten"));

  /**
   * @param onlyBest true for url-test, which never tries a second member
   */
  static FailoverOptions read(Settings settings, boolean onlyBest) {
    List<String> actors = Members.readOnce(settings);
    boolean failover = settings.bool("failover", !onlyBest);
    if (onlyBest && failover) {
      settings.warning(
          "failover", "url-test always uses its best member only", "use type failover instead");
      failover = false;
    }
    String lastResort = settings.string("lastResort");
    return new FailoverOptions(
        actors,
        seconds(settings, "failTimeout", 4, 3600),
        failover,
        lastResort == null || lastResort.isEmpty() ? null : lastResort,
        checks(settings, actors),
        cache(settings));
  }

  private static Checks checks(Settings settings, List<String> actors) {
    Duration timeout = seconds(settings, "healthCheckTimeout", 6, 600);
    Duration delay = Duration.ofMillis(settings.number("healthCheckDelay", 200, 0, 600_000));
    if (delay.compareTo(timeout) >= 0) {
      settings.warning(
          "healthCheckDelay",
          "a probe may begin after its time is over ('healthCheckTimeout' is "
              + timeout.toSeconds()
              + " s)",
          "use a delay that is shorter than the timeout");
    }
    return new Checks(
        settings.bool("healthCheck", true),
        settings.bool("healthCheckOnStart", false),
        settings.bool("healthCheckWait", false),
        seconds(settings, "checkInterval", 300, 604_800),
        timeout,
        delay,
        seconds(settings, "healthCheckActive", 900, 31_536_000),
        prefers(settings, actors),
        (int) settings.number("healthCheckAttempts", 1, 1, 100),
        (int) settings.number("healthCheckSuccessPercentage", 50, 0, 100),
        url(settings),
        dns(settings));
  }

  private static @Nullable Cache cache(Settings settings) {
    boolean enabled = settings.bool("fallbackCache", false);
    int size = (int) settings.number("cacheSize", 256, 1, 65_536);
    Duration timeout = Duration.ofMinutes(settings.number("cacheTimeout", 60, 1, 525_600));
    return enabled ? new Cache(size, timeout) : null;
  }

  private static Duration seconds(Settings settings, String key, long fallback, long max) {
    return Duration.ofSeconds(settings.number(key, fallback, 1, max));
  }

  /** A list, or in one text the tags joined by colons. */
  private static List<String> prefers(Settings settings, List<String> actors) {
    String key = "healthCheckPrefers";
    Settings.Value value = settings.value(key);
    List<String> written = settings.strings(key);
    if (value != null && value.raw() instanceof String) {
      written =
          written.stream().flatMap(t -> Arrays.stream(t.split(":", -1))).map(String::trim).toList();
    }
    List<String> prefers = new ArrayList<>();
    for (String tag : written) {
      if (actors.contains(tag)) {
        prefers.add(tag);
      } else if (!tag.isEmpty()) {
        settings.warning(
            key, "'" + tag + "' is not a member, it cannot be preferred", "name a member");
      }
    }
    return List.copyOf(prefers);
  }

  private static @Nullable URI url(Settings settings) {
    String text = settings.string("healthCheckUrl");
    if (text == null) {
      return null;
    }
    try {
      return ProbeTarget.readUrl(text);
    } catch (IllegalArgumentException e) {
      settings.error("healthCheckUrl", String.valueOf(e.getMessage()), "use http://host/path");
      return null;
    }
  }

  private static @Nullable String dns(Settings settings) {
    String text = settings.string("healthCheckDns");
    if (text == null) {
      return null;
    }
    try {
      ProbeTarget.DEFAULT.withDns(text);
      return text;
    } catch (IllegalArgumentException e) {
      settings.error("healthCheckDns", String.valueOf(e.getMessage()), "use address:port");
      return null;
    }
  }

  @Override
  public List<String> references() {
    if (lastResort == null || actors.contains(lastResort)) {
      return actors;
    }
    List<String> all = new ArrayList<>(actors);
    all.add(lastResort);
    return List.copyOf(all);
  }
}
