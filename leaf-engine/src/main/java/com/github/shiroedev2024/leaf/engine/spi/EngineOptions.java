package com.github.shiroedev2024.leaf.engine.spi;

import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * The named limits, timeouts and switches of the engine. Each has a configuration key and an
 * environment name; the key wins over the environment, which wins over the default.
 */
public final class EngineOptions {
  /**
   * One option.
   *
   * @param env the environment name, or empty
   * @param key the configuration key in camelCase, {@code .conf} uses kebab-case
   * @param fallback the default
   * @param reader text to value; throws {@code IllegalArgumentException} with what is accepted
   * @param meaning one line, with units and range
   */
  public record Option<T>(
      String env, String key, T fallback, Function<String, T> reader, String meaning) {}

  private static final List<Option<?>> ALL = new ArrayList<>();

  public static final Option<Duration> INBOUND_ACCEPT_TIMEOUT =
      seconds("INBOUND_ACCEPT_TIMEOUT", 60, "s a client may take for its handshake");
  public static final Option<Duration> OUTBOUND_DIAL_TIMEOUT =
      seconds("OUTBOUND_DIAL_TIMEOUT", 8, "s one TCP or QUIC dial may take");
  public static final Option<DialOrder> OUTBOUND_DIAL_ORDER =
      add(
          "OUTBOUND_DIAL_ORDER",
          DialOrder.ORDERED,
          DialOrder::of,
          "order of a name's addresses: ordered, random or partial-random");
  public static final Option<Integer> OUTBOUND_DIAL_CONCURRENCY =
      number("OUTBOUND_DIAL_CONCURRENCY", 1, 1, 64, "addresses of one name dialled at once");
  public static final Option<List<String>> OUTBOUND_INTERFACE =
      add(
          "OUTBOUND_INTERFACE",
          List.of(),
          EngineOptions::list,
          "IPs or interface names that outgoing sockets are bound to, first that works");
  public static final Option<Integer> OUTBOUND_MARK =
      number(
          "OUTBOUND_MARK",
          0,
          0,
          Integer.MAX_VALUE,
          "firewall mark of outgoing packets (Linux); 0: none, or what a tun inbound needs");
  public static final Option<Boolean> ENABLE_IPV6 =
      bool("ENABLE_IPV6", false, "look up IPv6 addresses too");
  public static final Option<Boolean> PREFER_IPV6 =
      bool("PREFER_IPV6", false, "ask for IPv6 addresses first");
  public static final Option<Duration> TCP_UPLINK_TIMEOUT =
      seconds("TCP_UPLINK_TIMEOUT", 10, "s the client may go on after the remote has ended");
  public static final Option<Duration> TCP_DOWNLINK_TIMEOUT =
      seconds("TCP_DOWNLINK_TIMEOUT", 10, "s the remote may go on after the client has ended");
  public static final Option<Boolean> RELAY_SPLICE =
      bool(
          "RELAY_SPLICE",
          true,
          "move large streams between plain TCP sockets inside the kernel, on Linux");
  public static final Option<Integer> RELAY_SPLICE_AFTER_BYTES =
      number(
          "RELAY_SPLICE_AFTER_BYTES",
          65_536,
          0,
          1 << 30,
          "bytes that come at once from which a stream counts as large; 0: every stream does");
  public static final Option<Integer> RELAY_SPLICE_PIPES =
      number(
          "RELAY_SPLICE_PIPES",
          256,
          0,
          65_536,
          "pipes of 1 MiB that hold bytes of such streams at once; more copy");
  public static final Option<Duration> UDP_SESSION_TIMEOUT =
      seconds("UDP_SESSION_TIMEOUT", 30, "s without a datagram that end an association");
  public static final Option<Duration> UDP_SESSION_TIMEOUT_CHECK_INTERVAL =
      seconds("UDP_SESSION_TIMEOUT_CHECK_INTERVAL", 10, "s between looks at idle associations");
  public static final Option<Integer> UDP_UPLINK_CHANNEL_SIZE =
      number(
          "UDP_UPLINK_CHANNEL_SIZE",
          256,
          1,
          65_536,
          "datagrams that wait for an association to open");
  public static final Option<Boolean> TLS_DOMAIN_SNIFFING =
      bool(
          "TLS_DOMAIN_SNIFFING",
          false,
          "learn names from TLS handshakes of connections to port 443 of an address");
  public static final Option<Boolean> TLS_DOMAIN_SNIFFING_ALL =
      bool("TLS_DOMAIN_SNIFFING_ALL", false, "the same on all ports");
  public static final Option<Boolean> HTTP_DOMAIN_SNIFFING =
      bool(
          "HTTP_DOMAIN_SNIFFING",
          false,
          "learn names from HTTP requests of connections to port 80 of an address");
  public static final Option<Boolean> HTTP_DOMAIN_SNIFFING_ALL =
      bool("HTTP_DOMAIN_SNIFFING_ALL", false, "the same on all ports");
  public static final Option<Boolean> DOMAIN_OVERRIDE =
      bool("DOMAIN_OVERRIDE", false, "connect to the name so learnt instead of the address");
  public static final Option<Boolean> DNS_DOMAIN_SNIFFING =
      bool(
          "DNS_DOMAIN_SNIFFING",
          false,
          "learn the names of addresses from answers of DNS servers that pass through");
  public static final Option<Integer> DNS_CACHE_SIZE =
      number("DNS_CACHE_SIZE", 512, 1, 1_000_000, "names kept per address family");
  public static final Option<Integer> MAX_DNS_RETRIES =
      number("MAX_DNS_RETRIES", 4, 1, 100, "sends of one query to one server");
  public static final Option<Duration> DNS_TIMEOUT =
      seconds("DNS_TIMEOUT", 4, "s one server has in all");
  public static final Option<Duration> DNS_SERVER_RESELECT_INTERVAL_SECS =
      seconds("DNS_SERVER_RESELECT_INTERVAL_SECS", 30, "s between choices of the first server");
  public static final Option<Duration> DNS_SERVER_SLOW_RESPONSE_MS =
      millis("DNS_SERVER_SLOW_RESPONSE_MS", 800, "ms from which an answer counts as slow");
  public static final Option<Integer> DNS_SERVER_SWITCH_THRESHOLD =
      number(
          "DNS_SERVER_SWITCH_THRESHOLD",
          3,
          1,
          1000,
          "failures or slow answers in a row that make it choose again");
  public static final Option<Integer> DNS_SERVER_FALLBACK_CONCURRENCY =
      number("DNS_SERVER_FALLBACK_CONCURRENCY", 1, 1, 64, "other servers asked at once");
  public static final Option<Duration> DNS_DUALSTACK_DELAY_MS =
      millis("DNS_DUALSTACK_DELAY_MS", 250, "ms before the other address family is asked for");
  public static final Option<Integer> AMUX_ACCEPT_CHANNEL_SIZE =
      number(
          "AMUX_ACCEPT_CHANNEL_SIZE",
          1024,
          1,
          65_536,
          "streams a client of amux may have on one connection at once; more are ended at once");
  public static final Option<Integer> AMUX_STREAM_CHANNEL_SIZE =
      number(
          "AMUX_STREAM_CHANNEL_SIZE",
          16,
          1,
          65_536,
          "received pieces that wait on one amux stream before its connection is not read");
  public static final Option<Integer> QUIC_MAX_CONCURRENT_BIDI_STREAMS =
      number(
          "QUIC_MAX_CONCURRENT_BIDI_STREAMS",
          1024,
          1,
          65_536,
          "streams a client of quic may have on one connection at once");
  public static final Option<Integer> QUIC_ACCEPT_CHANNEL_SIZE =
      number(
          "QUIC_ACCEPT_CHANNEL_SIZE",
          1024,
          1,
          65_536,
          "streams of one quic connection that wait for their handshake");
  public static final Option<Duration> QUIC_ACCEPT_QUEUE_TIMEOUT =
      seconds(
          "QUIC_ACCEPT_QUEUE_TIMEOUT",
          5,
          "s a stream may wait while that queue is full before its connection is closed");
  public static final Option<Duration> QUIC_MAX_IDLE_TIMEOUT_MS =
      millis(
          "QUIC_MAX_IDLE_TIMEOUT_MS",
          15_000,
          "ms of silence after which a quic client's connection ends; 0: what the server says");
  public static final Option<Duration> QUIC_KEEP_ALIVE_INTERVAL_MS =
      millis(
          "QUIC_KEEP_ALIVE_INTERVAL_MS",
          3000,
          "ms of silence after which a quic client keeps a connection with streams alive; 0:"
              + " never");
  public static final Option<Duration> QUIC_SERVER_MAX_IDLE_TIMEOUT_MS =
      millis(
          "QUIC_SERVER_MAX_IDLE_TIMEOUT_MS",
          120_000,
          "ms of silence after which a quic server's connection ends; 0: what the client says");
  public static final Option<Duration> QUIC_SERVER_KEEP_ALIVE_INTERVAL_MS =
      millis(
          "QUIC_SERVER_KEEP_ALIVE_INTERVAL_MS",
          0,
          "ms after which a quic server keeps a connection alive again, if the client takes"
              + " DATAGRAM frames; 0: never");
  public static final Option<Integer> INCOMING_ACCEPT_CONCURRENCY =
      number(
          "INCOMING_ACCEPT_CONCURRENCY",
          256,
          1,
          65_536,
          "streams of one quic connection in their handshake at once");
  public static final Option<Integer> MAX_RECENT_CONNECTIONS =
      number(
          "MAX_RECENT_CONNECTIONS",
          1000,
          0,
          100_000,
          "finished connections kept for the statistics");
  public static final Option<Integer> MAX_CONNECTIONS =
      number(
          "MAX_CONNECTIONS",
          0,
          0,
          10_000_000,
          "client connections held at once; 0: what the descriptor limit allows");
  public static final Option<Integer> MAX_ASSOCIATIONS =
      number("MAX_ASSOCIATIONS", 4096, 1, 1_000_000, "UDP associations held at once");
  public static final Option<Integer> MAX_PROBES =
      number("MAX_PROBES", 128, 1, 10_000, "health probes in flight at once");
  public static final Option<String> HTTP_USER_AGENT =
      add(
          "HTTP_USER_AGENT",
          "",
          EngineOptions::headerValue,
          "User-Agent that ws and httpupgrade outbounds send; empty: none");
  public static final Option<String> HTTP_FORWARDED_HEADER =
      add(
          "HTTP_FORWARDED_HEADER",
          "X-Forwarded-For",
          EngineOptions::headerName,
          "header by which a proxy in front of ws, httpupgrade, h2 and grpc inbounds names the"
              + " client");
  public static final Option<String> DEFAULT_TUN_NAME =
      add(
          "DEFAULT_TUN_NAME",
          "utun233",
          EngineOptions::deviceName,
          "name of the tun device when the inbound names none");
  public static final Option<String> DEFAULT_TUN_IPV4_ADDR =
      add(
          "DEFAULT_TUN_IPV4_ADDR",
          "192.168.233.2",
          text -> address(text, 4),
          "its IPv4 address when the inbound gives none");
  public static final Option<String> DEFAULT_TUN_IPV4_GW =
      add(
          "DEFAULT_TUN_IPV4_GW",
          "192.168.233.1",
          text -> address(text, 4),
          "another address of that subnet, which nobody has");
  public static final Option<String> DEFAULT_TUN_IPV4_MASK =
      add("DEFAULT_TUN_IPV4_MASK", "255.255.255.0", EngineOptions::mask, "mask of that subnet");
  public static final Option<String> DEFAULT_TUN_IPV6_ADDR =
      add(
          "DEFAULT_TUN_IPV6_ADDR",
          "2001:2::2",
          text -> address(text, 16),
          "its IPv6 address, with ENABLE_IPV6, when the inbound gives none");
  public static final Option<String> DEFAULT_TUN_IPV6_GW =
      add(
          "DEFAULT_TUN_IPV6_GW",
          "2001:2::1",
          text -> address(text, 16),
          "another address of that subnet, which nobody has");
  public static final Option<Integer> DEFAULT_TUN_IPV6_PREFIXLEN =
      number("DEFAULT_TUN_IPV6_PREFIXLEN", 64, 1, 127, "bits of that subnet's prefix");
  public static final Option<Boolean> GATEWAY_MODE =
      bool(
          "GATEWAY_MODE",
          false,
          "a tun inbound that sets routes also has the machine forward what other hosts send");
  public static final Option<Integer> MAX_FAKE_ADDRESSES =
      number(
          "MAX_FAKE_ADDRESSES",
          65_024,
          16,
          65_024,
          "names with a fake address at once; those not used for longest go first");
  public static final Option<Duration> DRAIN_TIMEOUT =
      seconds("DRAIN_TIMEOUT", 5, "s that connections have to finish when the runtime stops");

  /** In which order the addresses of one name are dialled. */
  public enum DialOrder {
    ORDERED,
    RANDOM,
    PARTIAL_RANDOM;

    static DialOrder of(String text) {
      return switch (text) {
        case "ordered" -> ORDERED;
        case "random" -> RANDOM;
        case "partial-random" -> PARTIAL_RANDOM;
        default -> throw new IllegalArgumentException("use ordered, random or partial-random");
      };
    }
  }

  private final Map<Option<?>, Object> values;

  /** Options with these values and the default for all others. */
  public EngineOptions(Map<Option<?>, Object> values) {
    this.values = Map.copyOf(values);
  }

  public static EngineOptions defaults() {
    return new EngineOptions(Map.of());
  }

  /** Every option there is, in the order of the documentation. */
  public static List<Option<?>> all() {
    return List.copyOf(ALL);
  }

  @SuppressWarnings("unchecked") // only put with the option's own type
  public <T> T get(Option<T> option) {
    Object value = values.get(option);
    return value == null ? option.fallback() : (T) value;
  }

  /** These options with one of them changed. */
  public <T> EngineOptions with(Option<T> option, T value) {
    Map<Option<?>, Object> changed = new LinkedHashMap<>(values);
    changed.put(option, value);
    return new EngineOptions(changed);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof EngineOptions other && other.values.equals(values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  private static <T> Option<T> add(
      String env, T fallback, Function<String, T> reader, String meaning) {
    Option<T> option = new Option<>(env, camelCase(env), fallback, reader, meaning);
    ALL.add(option);
    return option;
  }

  private static Option<Duration> seconds(String env, long fallback, String meaning) {
    return add(
        env,
        Duration.ofSeconds(fallback),
        text -> Duration.ofSeconds(whole(text, 0, Integer.MAX_VALUE)),
        meaning);
  }

  private static Option<Duration> millis(String env, long fallback, String meaning) {
    return add(
        env,
        Duration.ofMillis(fallback),
        text -> Duration.ofMillis(whole(text, 0, Integer.MAX_VALUE)),
        meaning);
  }

  private static Option<Integer> number(
      String env, int fallback, int min, int max, String meaning) {
    return add(env, fallback, text -> (int) whole(text, min, max), meaning);
  }

  private static Option<Boolean> bool(String env, boolean fallback, String meaning) {
    return add(
        env,
        fallback,
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException("use true or false");
            },
        meaning);
  }

  private static List<String> list(String text) {
    return List.of(text.split(",", -1)).stream()
        .map(String::trim)
        .filter(s -> !s.isEmpty())
        .toList();
  }

  /** An IP literal of so many bytes. */
  private static String address(String text, int bytes) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(text);
    if (address == null || address.length != bytes) {
      throw new IllegalArgumentException(
          bytes == 4 ? "use an IPv4 address" : "use an IPv6 address");
    }
    return text;
  }

  /** A mask in dots, of a subnet that has more than one address. */
  private static String mask(String text) {
    byte[] b = NetUtil.createByteArrayFromIpAddressString(text);
    int bits = 0;
    if (b != null && b.length == 4) {
      bits = (b[0] & 0xff) << 24 | (b[1] & 0xff) << 16 | (b[2] & 0xff) << 8 | (b[3] & 0xff);
    }
    if (bits == 0 || bits == -1 || Integer.bitCount(bits) != Integer.numberOfLeadingZeros(~bits)) {
      throw new IllegalArgumentException("use a mask such as 255.255.255.0");
    }
    return text;
  }

  private static String deviceName(String text) {
    if (!text.matches("[^/\\s:]{1,15}")) {
      throw new IllegalArgumentException("use 1 to 15 characters without '/', ':' and spaces");
    }
    return text;
  }

  private static String headerName(String text) {
    if (!text.matches("[0-9A-Za-z-]+")) {
      throw new IllegalArgumentException("use a header's name: letters, digits and '-'");
    }
    return text;
  }

  private static String headerValue(String text) {
    if (!text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("use characters of ASCII only");
    }
    return text;
  }

  private static long whole(String text, long min, long max) {
    try {
      long n = Long.parseLong(text);
      if (n >= min && n <= max) {
        return n;
      }
    } catch (NumberFormatException e) {
      // told below, with the range
    }
    throw new IllegalArgumentException("use a whole number from " + min + " to " + max);
  }

  private static String camelCase(String env) {
    StringBuilder key = new StringBuilder();
    for (String word : env.toLowerCase(Locale.ROOT).split("_", -1)) {
      key.append(key.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
    }
    return key.toString();
  }
}
