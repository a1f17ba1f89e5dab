package com.github.shiroedev2024.leaf.runtime;

import com.github.shiroedev2024.leaf.runtime.prefs.LeafPreferences;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a runtime is started with. What the caller overrides wins over the configuration, which wins
 * over the preferences.
 *
 * @param source read at start and again at each reload
 * @param environment the process environment, or what stands for it
 * @param stateFolder where selections are kept, unless the configuration names a cache folder
 * @param preferences asked at start and at each reload
 * @param apiPort 0 takes a free port; null leaves it to configuration and preferences
 * @param socksPort the port of the first mixed, else socks, inbound; null leaves it as configured
 * @param memoryLogger whether log lines are kept in memory; null leaves it to the others
 * @param eventLoops threads that carry traffic; 0 for one per processor
 * @param listens false for a runtime that only probes: its inbounds are left out
 * @param probeTimeout how long a health probe may take; null leaves it as configured
 * @param face what follows the configuration in front of the runtime, usually the HTTP API
 */
public record RuntimeSettings(
    ConfigSource source,
    Map<String, String> environment,
    Path stateFolder,
    Supplier<LeafPreferences> preferences,
    @Nullable Integer apiPort,
    @Nullable Integer socksPort,
    @Nullable Boolean memoryLogger,
    int eventLoops,
    boolean listens,
    @Nullable Duration probeTimeout,
    RuntimeFace face) {
  /** One that listens, with an event loop per processor and probes as configured. */
  public RuntimeSettings(
      ConfigSource source,
      Map<String, String> environment,
      Path stateFolder,
      Supplier<LeafPreferences> preferences,
      @Nullable Integer apiPort,
      @Nullable Integer socksPort,
      @Nullable Boolean memoryLogger,
      RuntimeFace face) {
    this(
        source,
        environment,
        stateFolder,
        preferences,
        apiPort,
        socksPort,
        memoryLogger,
        0,
        true,
        null,
        face);
  }
}
