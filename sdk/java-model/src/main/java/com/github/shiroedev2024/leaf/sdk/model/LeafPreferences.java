package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person has set for one home of Leaf. Immutable; {@link UpdateLeafPreferences} says what is
 * to change.
 */
public final class LeafPreferences {
  /** The port of the API where nobody chose another. */
  public static final int DEFAULT_API_PORT = 10_001;

  private final @Nullable String clientId;
  private final @Nullable Long lastUpdateTime;
  private final long traffic;
  private final long usedTraffic;
  private final @Nullable String expireTime;
  private final boolean enableIpv6;
  private final boolean preferIpv6;
  private final boolean memoryLogger;
  private final LogLevel logLevel;
  private final int apiPort;
  private final boolean autoReload;
  private final @Nullable String userAgent;
  private final boolean bypassLan;
  private final boolean bypassLanInCore;
  private final boolean fakeIp;
  private final boolean forceResolveDomain;
  private final boolean internalDnsServer;
  private final List<String> bypassGeoipList;
  private final List<String> bypassGeositeList;
  private final List<String> rejectGeoipList;
  private final List<String> rejectGeositeList;

  private LeafPreferences(PreferenceFields in) {
    this.clientId = in.text("client_id");
    this.lastUpdateTime = in.wholeOrNull("last_update_time");
    this.traffic = in.natural("traffic");
    this.usedTraffic = in.natural("used_traffic");
    this.expireTime = in.text("expire_time");
    this.enableIpv6 = in.flag("enable_ipv6");
    this.preferIpv6 = in.flag("prefer_ipv6");
    this.memoryLogger = in.flag("memory_logger");
    this.logLevel = in.level("log_level");
    this.apiPort = in.port("api_port");
    this.autoReload = in.flag("auto_reload");
    this.userAgent = in.text("user_agent");
    this.bypassLan = in.flag("bypass_lan");
    this.bypassLanInCore = in.flag("bypass_lan_in_core");
    this.fakeIp = in.flag("fake_ip");
    this.forceResolveDomain = in.flag("force_resolve_domain");
    this.internalDnsServer = in.flag("internal_dns_server");
    this.bypassGeoipList = in.list("bypass_geoip_list");
    this.bypassGeositeList = in.list("bypass_geosite_list");
    this.rejectGeoipList = in.list("reject_geoip_list");
    this.rejectGeositeList = in.list("reject_geosite_list");
  }

  /** The preferences of a home in which nothing was ever set. */
  public static LeafPreferences defaults() {
    return new LeafPreferences(new PreferenceFields(new JsonObject()));
  }

  /**
   * Reads the preferences file of the home that {@code LEAF_HOME} names, else of the user's own
   * ({@code $XDG_CONFIG_HOME/leaf} or {@code ~/.config/leaf}). A home without the file has the
   * defaults. While the core runs with another port than the saved one, ask the core.
   *
   * @throws IOException the file cannot be read or is not a JSON object; the message names it
   */
  public static LeafPreferences load() throws IOException {
    return load(LeafHome.current().preferences());
  }

  /**
   * Reads a preferences file; the defaults when there is none.
   *
   * @throws IOException the file cannot be read or is not a JSON object; the message names it
   */
  public static LeafPreferences load(Path file) throws IOException {
    String text;
    try {
      text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return defaults();
    }
    try {
      return fromJson(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads the JSON form. A field that is missing, of another type or out of range has its default;
   * fields that this version does not know are ignored.
   *
   * @throws IllegalArgumentException the text is not a JSON object
   */
  public static LeafPreferences fromJson(String json) {
    JsonElement element;
    try {
      element = JsonParser.parseString(json);
    } catch (JsonParseException e) {
      throw new IllegalArgumentException("the preferences are not JSON", e);
    }
    if (!element.isJsonObject()) {
      throw new IllegalArgumentException("the preferences are not a JSON object");
    }
    return new LeafPreferences(new PreferenceFields(element.getAsJsonObject()));
  }

  /** These preferences with what the update sets. */
  public LeafPreferences with(UpdateLeafPreferences update) {
    JsonObject all = JsonParser.parseString(toJson()).getAsJsonObject();
    JsonObject changes = JsonParser.parseString(update.toJson()).getAsJsonObject();
    changes.entrySet().forEach(change -> all.add(change.getKey(), change.getValue()));
    return new LeafPreferences(new PreferenceFields(all));
  }

  /** All fields as one compact JSON object, names in snake_case. */
  public String toJson() {
    JsonObject out = new JsonObject();
    out.addProperty("client_id", clientId);
    out.addProperty("last_update_time", lastUpdateTime);
    out.addProperty("traffic", traffic);
    out.addProperty("used_traffic", usedTraffic);
    out.addProperty("expire_time", expireTime);
    out.addProperty("enable_ipv6", enableIpv6);
    out.addProperty("prefer_ipv6", preferIpv6);
    out.addProperty("memory_logger", memoryLogger);
    out.addProperty("log_level", logLevel.getValue());
    out.addProperty("api_port", apiPort);
    out.addProperty("auto_reload", autoReload);
    out.addProperty("user_agent", userAgent);
    out.addProperty("bypass_lan", bypassLan);
    out.addProperty("bypass_lan_in_core", bypassLanInCore);
    out.addProperty("fake_ip", fakeIp);
    out.addProperty("force_resolve_domain", forceResolveDomain);
    out.addProperty("internal_dns_server", internalDnsServer);
    out.add("bypass_geoip_list", PreferenceFields.array(bypassGeoipList));
    out.add("bypass_geosite_list", PreferenceFields.array(bypassGeositeList));
    out.add("reject_geoip_list", PreferenceFields.array(rejectGeoipList));
    out.add("reject_geosite_list", PreferenceFields.array(rejectGeositeList));
    return PreferenceFields.text(out);
  }

  /** Who the hosted subscription belongs to; null when there is none. */
  public @Nullable String getClientId() {
    return clientId;
  }

  /** When the subscription was updated last, in Unix seconds; null when never. */
  public @Nullable Long getLastUpdateTime() {
    return lastUpdateTime;
  }

  /** Bytes that the subscription allows; 0 when there is none. */
  public long getTraffic() {
    return traffic;
  }

  /** Bytes of the subscription already used. */
  public long getUsedTraffic() {
    return usedTraffic;
  }

  /** When the subscription ends, as its service wrote it; null when it does not say. */
  public @Nullable String getExpireTime() {
    return expireTime;
  }

  /** Whether IPv6 addresses are looked up too. */
  public boolean isEnableIpv6() {
    return enableIpv6;
  }

  /** Whether IPv6 addresses are tried first. */
  public boolean isPreferIpv6() {
    return preferIpv6;
  }

  /** Whether the log is kept in memory, where {@code getLogs} reads it; false by default. */
  public boolean isMemoryLogger() {
    return memoryLogger;
  }

  /** How much is logged; {@code INFO} by default. */
  public LogLevel getLogLevel() {
    return logLevel;
  }

  /** The port of the HTTP API on 127.0.0.1, 1 to 65535; 10001 by default. */
  public int getApiPort() {
    return apiPort;
  }

  /** Whether a changed configuration file is reloaded by itself. */
  public boolean isAutoReload() {
    return autoReload;
  }

  /** What subscription requests call themselves; null for the default. */
  public @Nullable String getUserAgent() {
    return userAgent;
  }

  /** Whether local networks stay out of the tunnel. */
  public boolean isBypassLan() {
    return bypassLan;
  }

  /** Whether a rule of the core keeps local networks out. */
  public boolean isBypassLanInCore() {
    return bypassLanInCore;
  }

  /** Whether DNS queries are answered with made-up addresses. */
  public boolean isFakeIp() {
    return fakeIp;
  }

  /** Whether names are resolved before routing. */
  public boolean isForceResolveDomain() {
    return forceResolveDomain;
  }

  /** Whether the core answers the DNS queries of the tunnel itself. */
  public boolean isInternalDnsServer() {
    return internalDnsServer;
  }

  /** Countries that go direct; cannot be changed. */
  public List<String> getBypassGeoipList() {
    return bypassGeoipList;
  }

  /** Site lists that go direct; cannot be changed. */
  public List<String> getBypassGeositeList() {
    return bypassGeositeList;
  }

  /** Countries that are refused; cannot be changed. */
  public List<String> getRejectGeoipList() {
    return rejectGeoipList;
  }

  /** Site lists that are refused; cannot be changed. */
  public List<String> getRejectGeositeList() {
    return rejectGeositeList;
  }

  /** The same as {@link #toJson}. */
  @Override
  public String toString() {
    return toJson();
  }
}
