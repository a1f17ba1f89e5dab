package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Environment names that are known but change nothing: what they set is not built, or is not set
 * that way here. Each with the values that ask for nothing.
 */
final class FutureOptions {
  private static final Map<String, List<String>> NAMES =
      names(
          Map.of(
              "false",
              List.of("GATEWAY_MODE", "LOG_CONSOLE_OUT"),
              "",
              List.of("HTTP_USER_AGENT", "SOCKET_PROTECT_PATH", "SOCKET_PROTECT_SERVER")),
          Map.ofEntries(
              entry("QUIC_MAX_CONCURRENT_BIDI_STREAMS", "1024"),
              entry("QUIC_ACCEPT_CHANNEL_SIZE", "1024"),
              entry("QUIC_ACCEPT_QUEUE_TIMEOUT", "5"),
              entry("QUIC_MAX_IDLE_TIMEOUT_MS", "15000"),
              entry("QUIC_KEEP_ALIVE_INTERVAL_MS", "3000"),
              entry("QUIC_SERVER_MAX_IDLE_TIMEOUT_MS", "120000"),
              entry("QUIC_SERVER_KEEP_ALIVE_INTERVAL_MS", "0"),
              entry("AMUX_ACCEPT_CHANNEL_SIZE", "1024"),
              entry("AMUX_STREAM_CHANNEL_SIZE", "16"),
              entry("AMUX_FRAME_CHANNEL_SIZE", "32"),
              entry("INCOMING_ACCEPT_CONCURRENCY", "256"),
              entry("NETSTACK_OUTPUT_CHANNEL_SIZE", "512"),
              entry("NETSTACK_UDP_UPLINK_CHANNEL_SIZE", "256"),
              entry("UDP_DOWNLINK_CHANNEL_SIZE", "256"),
              entry("LINK_BUFFER_SIZE", "2"),
              entry("DATAGRAM_BUFFER_SIZE", "2"),
              entry("ENDPOINT_TCP_CONCURRENCY", "1024"),
              entry("DIRECT_TCP_CONCURRENCY", "1024"),
              entry("UNSPECIFIED_BIND_ADDR", "0.0.0.0:0", "[::]:0"),
              entry("HTTP_FORWARDED_HEADER", "X-Forwarded-For"),
              entry("DEFAULT_TUN_NAME", "utun233"),
              entry("DEFAULT_TUN_IPV4_ADDR", "192.168.233.2", "10.7.7.2"),
              entry("DEFAULT_TUN_IPV4_GW", "192.168.233.1", "10.7.7.1"),
              entry("DEFAULT_TUN_IPV4_MASK", "255.255.255.0"),
              entry("DEFAULT_TUN_IPV6_ADDR", "2001:2::2"),
              entry("DEFAULT_TUN_IPV6_GW", "2001:2::1"),
              entry("DEFAULT_TUN_IPV6_PREFIXLEN", "64")));

  private FutureOptions() {}

  private static Map.Entry<String, List<String>> entry(String name, String... nothing) {
    return Map.entry(name, List.of(nothing));
  }

  /** All names but those that the engine has come to know. */
  private static Map<String, List<String>> names(
      Map<String, List<String>> byValue, Map<String, List<String>> others) {
    Map<String, List<String>> names = new TreeMap<>(others);
    byValue.forEach((value, list) -> list.forEach(name -> names.put(name, List.of(value))));
    for (EngineOptions.Option<?> option : EngineOptions.all()) {
      names.remove(option.env());
    }
    return Collections.unmodifiableMap(names);
  }

  static Set<String> names() {
    return new TreeSet<>(NAMES.keySet());
  }

  /** The configuration keys of the same options, camelCase. */
  static Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    NAMES.keySet().forEach(name -> keys.add(key(name)));
    return keys;
  }

  /** The environment name of a key, or null when there is none. */
  static @Nullable String ofKey(String key) {
    for (String name : NAMES.keySet()) {
      if (key(name).equals(key)) {
        return name;
      }
    }
    return null;
  }

  /** Whether this value asks for something that does not happen. */
  static boolean asks(String name, String value) {
    List<String> nothing = NAMES.get(name);
    return nothing != null && !value.isEmpty() && !nothing.contains(value);
  }

  private static String key(String name) {
    return Names.camel(name.toLowerCase(Locale.ROOT));
  }
}
