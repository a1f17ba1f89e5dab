package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.ProbeTarget;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks what a file says about logs, the API and probes. */
final class RuntimeSettings {
  private final Draft draft;
  private final OptionsReader options;
  private final Problems problems;

  RuntimeSettings(Draft draft, OptionsReader options, Problems problems) {
    this.draft = draft;
    this.options = options;
    this.problems = problems;
  }

  LogSettings log() {
    Settings log = draft.settings("log", draft.log, problems);
    LogSettings.Level level = null;
    String word = log.string("level");
    if (word != null) {
      level = LogSettings.Level.of(word);
      if (level == null) {
        level = LogSettings.Level.WARN;
        log.warning(
            "level",
            "unknown level '" + word + "' counts as warn",
            Names.suggest(word, List.of("trace", "debug", "info", "warn", "error", "none")));
      }
    }
    String output = log.string("output");
    String format = log.string("format", "full").toLowerCase(Locale.ROOT);
    if (!format.equals("full") && !format.equals("compact")) {
      log.warning(
          "format", "unknown format '" + format + "' counts as full", "use compact or full");
    }
    return new LogSettings(
        level,
        output == null || output.equals("console") ? null : output,
        format.equals("compact"),
        log.has("memory") ? log.bool("memory", false) : null,
        log.has("memoryBytes") ? log.number("memoryBytes", 8 << 20, 64 << 10, 1 << 30) : null);
  }

  ApiSettings api() {
    Settings api = draft.settings("api", draft.api, problems);
    InetAddress address = null;
    Integer port = null;
    Draft.Text listen = options.environment(OptionsReader.API_LISTEN);
    if (listen != null) {
      InetSocketAddress endpoint = Addresses.endpoint(listen.value(), 0);
      if (endpoint == null
          || !listen.value().contains(":")
          || Addresses.ip(listen.value()) != null) {
        problems.error(
            listen.source(),
            listen.value(),
            "API_LISTEN: '" + listen.value() + "' is not an address and a port",
            "write 127.0.0.1:10001");
      } else {
        address = endpoint.getAddress();
        port = endpoint.getPort();
        if (!address.isLoopbackAddress()) {
          problems.error(
              listen.source(),
              listen.value(),
              "API_LISTEN: the API has no authentication and only listens on loopback addresses",
              "write 127.0.0.1:" + port);
        }
      }
    }
    String text = api.string("interface");
    if (text != null) {
      address = text.equals("localhost") ? Addresses.LOOPBACK : Addresses.ip(text);
      if (address == null) {
        api.error("interface", "'" + text + "' is not an IP address", "write 127.0.0.1");
      } else if (!address.isLoopbackAddress()) {
        api.error(
            "interface",
            "'" + text + "': the API has no authentication and only listens on loopback addresses",
            "write 127.0.0.1");
      }
    }
    if (api.has("port")) {
      port = (int) api.number("port", 0, 0, 65535);
    }
    List<String> origins = api.strings("allowedOrigins");
    for (String origin : origins) {
      if (!isOrigin(origin)) {
        api.error(
            "allowedOrigins",
            "'" + origin + "' is not an origin",
            "write scheme and host alone, such as https://panel.example");
      }
    }
    return new ApiSettings(address, port, List.copyOf(origins));
  }

  private static boolean isOrigin(String text) {
    try {
      URI uri = new URI(text);
      return uri.getScheme() != null
          && uri.getHost() != null
          && uri.getRawPath().isEmpty()
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null
          && uri.getRawUserInfo() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  ProbeTarget probe() {
    Settings health = draft.settings("health", draft.health, problems);
    ProbeTarget target = ProbeTarget.DEFAULT;
    String url = health.string("url");
    if (url != null) {
      try {
        target = target.withUrl(ProbeTarget.readUrl(url));
      } catch (IllegalArgumentException e) {
        health.error("url", String.valueOf(e.getMessage()), "write http://host/path or https://…");
      }
    }
    String dns = health.string("dns");
    if (dns != null) {
      try {
        target = target.withDns(dns);
      } catch (IllegalArgumentException e) {
        health.error("dns", String.valueOf(e.getMessage()), "write address[:port][/name]");
      }
    }
    long seconds = health.number("timeout", target.timeout().toSeconds(), 1, 600);
    return target.withTimeout(Duration.ofSeconds(seconds));
  }

  @Nullable Boolean autoReload() {
    Settings general = draft.settings("general", draft.general, problems);
    return general.has("autoReload") ? general.bool("autoReload", false) : null;
  }
}
