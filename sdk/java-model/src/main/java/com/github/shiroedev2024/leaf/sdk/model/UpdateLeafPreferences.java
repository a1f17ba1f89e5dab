package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which preferences are to change; what is not set stays as it is. They take effect when the
 * runtime next starts or reloads. Not thread-safe.
 */
public final class UpdateLeafPreferences {
  private @Nullable Boolean enableIpv6;
  private @Nullable Boolean preferIpv6;
  private @Nullable Boolean memoryLogger;
  private @Nullable LogLevel logLevel;
  private @Nullable Integer apiPort;
  private @Nullable Boolean autoReload;
  private @Nullable String customUserAgent;
  private @Nullable Boolean bypassLan;
  private @Nullable Boolean bypassLanInCore;
  private @Nullable Boolean fakeIp;
  private @Nullable Boolean forceResolveDomain;
  private @Nullable List<String> bypassGeoipList;
  private @Nullable List<String> bypassGeositeList;
  private @Nullable List<String> rejectGeoipList;
  private @Nullable List<String> rejectGeositeList;
  private @Nullable Boolean internalDnsServer;

  /** Changes nothing yet. */
  public UpdateLeafPreferences() {}

  /** Sets everything; a null user agent or list stays as it is. */
  public UpdateLeafPreferences(
      boolean enableIpv6,
      boolean preferIpv6,
      boolean memoryLogger,
      LogLevel logLevel,
      int apiPort,
      boolean autoReload,
      @Nullable String customUserAgent,
      boolean bypassLan,
      boolean bypassLanInCore,
      boolean fakeIp,
      boolean forceResolveDomain,
      @Nullable List<String> bypassGeoipList,
      @Nullable List<String> bypassGeositeList,
      @Nullable List<String> rejectGeoipList,
      @Nullable List<String> rejectGeositeList,
      boolean internalDnsServer) {
    this.enableIpv6 = enableIpv6;
    this.preferIpv6 = preferIpv6;
    this.memoryLogger = memoryLogger;
    this.logLevel = logLevel;
    this.apiPort = checkedPort(apiPort);
    this.autoReload = autoReload;
    this.customUserAgent = customUserAgent;
    this.bypassLan = bypassLan;
    this.bypassLanInCore = bypassLanInCore;
    this.fakeIp = fakeIp;
    this.forceResolveDomain = forceResolveDomain;
    this.bypassGeoipList = copy(bypassGeoipList);
    this.bypassGeositeList = copy(bypassGeositeList);
    this.rejectGeoipList = copy(rejectGeoipList);
    this.rejectGeositeList = copy(rejectGeositeList);
    this.internalDnsServer = internalDnsServer;
  }

  private static int checkedPort(int port) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("api_port is " + port + "; it must be 1 to 65535");
    }
    return port;
  }

  private static @Nullable List<String> copy(@Nullable List<String> list) {
    return list == null ? null : new ArrayList<>(list);
  }

  /** The fields that are set, as one compact JSON object with names in snake_case. */
  public String toJson() {
    JsonObject out = new JsonObject();
    if (enableIpv6 != null) {
      out.addProperty("enable_ipv6", enableIpv6);
    }
    if (preferIpv6 != null) {
      out.addProperty("prefer_ipv6", preferIpv6);
    }
    if (memoryLogger != null) {
      out.addProperty("memory_logger", memoryLogger);
    }
    if (logLevel != null) {
      out.addProperty("log_level", logLevel.getValue());
    }
    if (apiPort != null) {
      out.addProperty("api_port", apiPort);
    }
    if (autoReload != null) {
      out.addProperty("auto_reload", autoReload);
    }
    if (customUserAgent != null) {
      out.addProperty("user_agent", customUserAgent);
    }
    if (bypassLan != null) {
      out.addProperty("bypass_lan", bypassLan);
    }
    if (bypassLanInCore != null) {
      out.addProperty("bypass_lan_in_core", bypassLanInCore);
    }
    if (fakeIp != null) {
      out.addProperty("fake_ip", fakeIp);
    }
    if (forceResolveDomain != null) {
      out.addProperty("force_resolve_domain", forceResolveDomain);
    }
    if (bypassGeoipList != null) {
      out.add("bypass_geoip_list", PreferenceFields.array(bypassGeoipList));
    }
    if (bypassGeositeList != null) {
      out.add("bypass_geosite_list", PreferenceFields.array(bypassGeositeList));
    }
    if (rejectGeoipList != null) {
      out.add("reject_geoip_list", PreferenceFields.array(rejectGeoipList));
    }
    if (rejectGeositeList != null) {
      out.add("reject_geosite_list", PreferenceFields.array(rejectGeositeList));
    }
    if (internalDnsServer != null) {
      out.addProperty("internal_dns_server", internalDnsServer);
    }
    return PreferenceFields.text(out);
  }

  /** Whether IPv6 addresses are looked up too; false while it is not set. */
  public boolean isEnableIpv6() {
    return enableIpv6 == null ? false : enableIpv6;
  }

  /** Sets the switch. */
  public void setEnableIpv6(boolean enableIpv6) {
    this.enableIpv6 = enableIpv6;
  }

  /** Whether IPv6 addresses are tried first; false while it is not set. */
  public boolean isPreferIpv6() {
    return preferIpv6 == null ? false : preferIpv6;
  }

  /** Sets the switch. */
  public void setPreferIpv6(boolean preferIpv6) {
    this.preferIpv6 = preferIpv6;
  }

  /**
   * Whether the log is kept in memory, where {@code getLogs} reads it; false while it is not set.
   */
  public boolean isMemoryLogger() {
    return memoryLogger == null ? false : memoryLogger;
  }

  /** Sets the switch. */
  public void setMemoryLogger(boolean memoryLogger) {
    this.memoryLogger = memoryLogger;
  }

  /** How much is logged; {@code INFO} while it is not set. */
  public LogLevel getLogLevel() {
    return logLevel == null ? LogLevel.INFO : logLevel;
  }

  /** Sets the level. */
  public void setLogLevel(LogLevel logLevel) {
    this.logLevel = logLevel;
  }

  /** The port of the HTTP API on 127.0.0.1, 1 to 65535; 10001 while it is not set. */
  public int getApiPort() {
    return apiPort == null ? LeafPreferences.DEFAULT_API_PORT : apiPort;
  }

  /** Sets the port, 1 to 65535. */
  public void setApiPort(int apiPort) {
    this.apiPort = checkedPort(apiPort);
  }

  /** Whether a changed configuration file is reloaded by itself; false while it is not set. */
  public boolean isAutoReload() {
    return autoReload == null ? false : autoReload;
  }

  /** Sets the switch. */
  public void setAutoReload(boolean autoReload) {
    this.autoReload = autoReload;
  }

  /** What subscription requests call themselves; null while it is not set. */
  public @Nullable String getCustomUserAgent() {
    return customUserAgent;
  }

  /** Sets it; null leaves it as it is. */
  public void setCustomUserAgent(@Nullable String customUserAgent) {
    this.customUserAgent = customUserAgent;
  }

  /** Whether local networks stay out of the tunnel; false while it is not set. */
  public boolean isBypassLan() {
    return bypassLan == null ? false : bypassLan;
  }

  /** Sets the switch. */
  public void setBypassLan(boolean bypassLan) {
    this.bypassLan = bypassLan;
  }

  /** Whether a rule of the core keeps local networks out; false while it is not set. */
  public boolean isBypassLanInCore() {
    return bypassLanInCore == null ? false : bypassLanInCore;
  }

  /** Sets the switch. */
  public void setBypassLanInCore(boolean bypassLanInCore) {
    this.bypassLanInCore = bypassLanInCore;
  }

  /** Whether DNS queries are answered with made-up addresses; false while it is not set. */
  public boolean isFakeIp() {
    return fakeIp == null ? false : fakeIp;
  }

  /** Sets the switch. */
  public void setFakeIp(boolean fakeIp) {
    this.fakeIp = fakeIp;
  }

  /** Whether names are resolved before routing; false while it is not set. */
  public boolean isForceResolveDomain() {
    return forceResolveDomain == null ? false : forceResolveDomain;
  }

  /** Sets the switch. */
  public void setForceResolveDomain(boolean forceResolveDomain) {
    this.forceResolveDomain = forceResolveDomain;
  }

  /** Countries that go direct; null while it is not set. */
  public @Nullable List<String> getBypassGeoipList() {
    return copy(bypassGeoipList);
  }

  /** Sets the list, which is copied; null leaves it as it is. */
  public void setBypassGeoipList(@Nullable List<String> bypassGeoipList) {
    this.bypassGeoipList = copy(bypassGeoipList);
  }

  /** Site lists that go direct; null while it is not set. */
  public @Nullable List<String> getBypassGeositeList() {
    return copy(bypassGeositeList);
  }

  /** Sets the list, which is copied; null leaves it as it is. */
  public void setBypassGeositeList(@Nullable List<String> bypassGeositeList) {
    this.bypassGeositeList = copy(bypassGeositeList);
  }

  /** Countries that are refused; null while it is not set. */
  public @Nullable List<String> getRejectGeoipList() {
    return copy(rejectGeoipList);
  }

  /** Sets the list, which is copied; null leaves it as it is. */
  public void setRejectGeoipList(@Nullable List<String> rejectGeoipList) {
    this.rejectGeoipList = copy(rejectGeoipList);
  }

  /** Site lists that are refused; null while it is not set. */
  public @Nullable List<String> getRejectGeositeList() {
    return copy(rejectGeositeList);
  }

  /** Sets the list, which is copied; null leaves it as it is. */
  public void setRejectGeositeList(@Nullable List<String> rejectGeositeList) {
    this.rejectGeositeList = copy(rejectGeositeList);
  }

  /** Whether the core answers the DNS queries of the tunnel itself; false while it is not set. */
  public boolean isInternalDnsServer() {
    return internalDnsServer == null ? false : internalDnsServer;
  }

  /** Sets the switch. */
  public void setInternalDnsServer(boolean internalDnsServer) {
    this.internalDnsServer = internalDnsServer;
  }

  /** The same as {@link #toJson}. */
  @Override
  public String toString() {
    return toJson();
  }
}
