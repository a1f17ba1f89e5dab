package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.core.home.Home;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a runtime is to be started; flags win over the configuration and the preferences.
 *
 * @param configuration the file, null for the built-in default
 * @param environment the options that the configuration's own environment section wins over
 * @param apiPort the API's port, null to follow the configuration and the preferences
 * @param socksPort the port of the first SOCKS, HTTP or mixed inbound, null to follow the
 *     configuration
 * @param memoryLogger keep the log in memory, null to follow the configuration
 * @param autoReload reload when the file changes, whatever the preferences say
 * @param singleThread one event loop instead of one per processor
 */
public record StartOptions(
    Home home,
    @Nullable Path configuration,
    Map<String, String> environment,
    @Nullable Integer apiPort,
    @Nullable Integer socksPort,
    @Nullable Boolean memoryLogger,
    boolean autoReload,
    boolean singleThread) {}
