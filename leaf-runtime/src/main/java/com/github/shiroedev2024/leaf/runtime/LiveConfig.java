package com.github.shiroedev2024.leaf.runtime;

import com.github.shiroedev2024.leaf.engine.spi.EngineSpec;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Problem;
import com.github.shiroedev2024.leaf.runtime.config.ConfigReader;
import com.github.shiroedev2024.leaf.runtime.config.ConfigResult;
import com.github.shiroedev2024.leaf.runtime.config.LeafConfig;
import com.github.shiroedev2024.leaf.runtime.logs.LogLevel;
import com.github.shiroedev2024.leaf.runtime.logs.LogSettings;
import com.github.shiroedev2024.leaf.runtime.prefs.LeafPreferences;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The configuration as it shall run: what the file says, with the caller's overrides above it and
 * the preferences below.
 *
 * @param api where the API listens, a loopback address
 */
record LiveConfig(
    EngineSpec engine,
    LogSettings log,
    InetSocketAddress api,
    List<String> allowedOrigins,
    boolean autoReload,
    Path selectionsFolder,
    List<Problem> warnings) {
  /** What the preferences' numbers 0 to 4 mean. */
  private static final List<LogLevel> PREFERENCE_LEVELS =
      List.of(LogLevel.TRACE, LogLevel.DEBUG, LogLevel.INFO, LogLevel.WARN, LogLevel.ERROR);

  /** Reads the source; never null, problems are told in {@link ConfigResult#problems}. */
  static ConfigResult read(RuntimeSettings settings, LeafPreferences preferences) {
    Map<String, String> environment = new HashMap<>(settings.environment());
    if (preferences.enableIpv6()) {
      environment.putIfAbsent("ENABLE_IPV6", "true");
    }
    if (preferences.preferIpv6()) {
      environment.putIfAbsent("PREFER_IPV6", "true");
    }
    return switch (settings.source()) {
      case ConfigSource.File(Path path) -> ConfigReader.read(path, environment);
      case ConfigSource.Text(String name, String text) ->
          ConfigReader.read(text, name, environment);
    };
  }

  /**
   * Reads the source and settles who wins over whom.
   *
   * @throws RuntimeStartException with every error of the file
   */
  static LiveConfig load(RuntimeSettings settings) throws RuntimeStartException {
    LeafPreferences preferences = settings.preferences().get();
    ConfigResult result = read(settings, preferences);
    LeafConfig config = result.config();
    if (config == null) {
      throw new RuntimeStartException(
          result.errors().stream().map(Problem::toString).collect(Collectors.joining("\n")));
    }
    Boolean watched = config.autoReload();
    String cache = config.cacheLocation();
    InetAddress apiAddress = config.api().address();
    return new LiveConfig(
        adapted(config.engine(), settings),
        log(config, settings, preferences),
        new InetSocketAddress(
            apiAddress == null ? InetAddress.ofLiteral("127.0.0.1") : apiAddress,
            first(settings.apiPort(), config.api().port(), preferences.apiPort())),
        config.api().allowedOrigins(),
        watched == null ? preferences.autoReload() : watched,
        cache == null || cache.isEmpty() ? settings.stateFolder() : Path.of(cache),
        result.warnings());
  }

  private static int first(
      @Nullable Integer override, @Nullable Integer configured, int preference) {
    return override != null ? override : configured != null ? configured : preference;
  }

  private static LogSettings log(
      LeafConfig config, RuntimeSettings settings, LeafPreferences preferences) {
    var said = config.log();
    var level = said.level();
    String file = said.file();
    Boolean memory = settings.memoryLogger() != null ? settings.memoryLogger() : said.memory();
    Long bytes = said.memoryBytes();
    return new LogSettings(
        level == null
            ? PREFERENCE_LEVELS.get(preferences.logLevel())
            : LogLevel.valueOf(level.name()),
        file == null ? null : Path.of(file),
        said.compact() ? LogSettings.Format.COMPACT : LogSettings.Format.FULL,
        memory == null ? preferences.memoryLogger() : memory,
        bytes == null ? LogSettings.DEFAULT_MEMORY_BYTES : bytes);
  }

  /** The engine's part with the caller's overrides. */
  private static EngineSpec adapted(EngineSpec spec, RuntimeSettings settings)
      throws RuntimeStartException {
    Duration timeout = settings.probeTimeout();
    return new EngineSpec(
        settings.listens() ? inbounds(spec.inbounds(), settings.socksPort()) : List.of(),
        spec.inboundParts(),
        spec.outbounds(),
        spec.defaultOutbound(),
        spec.rules(),
        spec.domainResolve(),
        spec.dns(),
        timeout == null ? spec.probe() : spec.probe().withTimeout(timeout),
        spec.options());
  }

  private static List<InboundSpec> inbounds(List<InboundSpec> all, @Nullable Integer port)
      throws RuntimeStartException {
    if (port == null) {
      return all;
    }
    InboundSpec chosen = socksInbound(all);
    if (chosen == null) {
      throw new RuntimeStartException(
          "--socks-port " + port + ": the configuration has no mixed or socks inbound");
    }
    List<InboundSpec> out = new ArrayList<>(all);
    out.set(
        all.indexOf(chosen),
        new InboundSpec(
            chosen.tag(),
            chosen.type(),
            new InetSocketAddress(chosen.listen().getAddress(), port),
            chosen.options(),
            chosen.source()));
    return out;
  }

  /** The inbound whose port the caller may override: the first mixed, else the first socks one. */
  static @Nullable InboundSpec socksInbound(List<InboundSpec> all) {
    for (String type : List.of("mixed", "socks")) {
      for (InboundSpec inbound : all) {
        if (inbound.type().name().equals(type)) {
          return inbound;
        }
      }
    }
    return null;
  }
}
