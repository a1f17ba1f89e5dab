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
        withSocksPort(config.engine(), settings.socksPort()),
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

  private static EngineSpec withSocksPort(EngineSpec spec, @Nullable Integer port)
      throws RuntimeStartException {
    if (port == null) {
      return spec;
    }
    InboundSpec chosen = null;
    for (String type : List.of("mixed", "socks")) {
      for (InboundSpec inbound : spec.inbounds()) {
        if (chosen == null && inbound.type().name().equals(type)) {
          chosen = inbound;
        }
      }
    }
    if (chosen == null) {
      throw new RuntimeStartException(
          "--socks-port " + port + ": the configuration has no mixed or socks inbound");
    }
    List<InboundSpec> inbounds = new ArrayList<>();
    for (InboundSpec inbound : spec.inbounds()) {
      inbounds.add(
          inbound == chosen
              ? new InboundSpec(
                  inbound.tag(),
                  inbound.type(),
                  new InetSocketAddress(inbound.listen().getAddress(), port),
                  inbound.options(),
                  inbound.source())
              : inbound);
    }
    return new EngineSpec(
        inbounds,
        spec.outbounds(),
        spec.defaultOutbound(),
        spec.rules(),
        spec.domainResolve(),
        spec.dns(),
        spec.probe(),
        spec.options());
  }
}
