package com.github.shiroedev2024.leaf.runtime.config;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration, or its environment, says about the API; null where it says nothing.
 *
 * @param address always a loopback address
 * @param port 0 takes a free one
 * @param allowedOrigins further origins whose pages may call the API, such as {@code
 *     https://panel.example}
 */
public record ApiSettings(
    @Nullable InetAddress address, @Nullable Integer port, List<String> allowedOrigins) {}
