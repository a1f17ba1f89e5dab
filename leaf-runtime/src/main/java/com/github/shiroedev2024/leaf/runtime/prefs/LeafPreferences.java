package com.github.shiroedev2024.leaf.runtime.prefs;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person has set for one home. Flags and the configuration file win over it.
 *
 * @param clientId who the hosted subscription belongs to, if there is one
 * @param lastUpdateTime Unix seconds of the last subscription update
 * @param traffic bytes the subscription allows, 0 when there is none
 * @param usedTraffic bytes of it already used
 * @param expireTime when the subscription ends, as its service wrote it
 * @param enableIpv6 look up IPv6 addresses too
 * @param preferIpv6 ask for IPv6 addresses first
 * @param memoryLogger keep the log in memory, where the API reads it
 * @param logLevel 0 trace, 1 debug, 2 info, 3 warn, 4 error
 * @param apiPort 1 to 65535
 * @param autoReload reload when the configuration file changes
 * @param userAgent what subscription requests call themselves
 * @param bypassLan leave local networks out of the tunnel
 * @param bypassLanInCore leave them out by a rule of the core
 * @param fakeIp answer DNS queries with made-up addresses
 * @param forceResolveDomain resolve names before routing
 * @param internalDnsServer answer DNS queries of the tunnel itself
 * @param bypassGeoipList countries that go direct
 * @param bypassGeositeList site lists that go direct
 * @param rejectGeoipList countries that are refused
 * @param rejectGeositeList site lists that are refused
 */
public record LeafPreferences(
    @Nullable String clientId,
    @Nullable Long lastUpdateTime,
    long traffic,
    long usedTraffic,
    @Nullable String expireTime,
    boolean enableIpv6,
    boolean preferIpv6,
    boolean memoryLogger,
    int logLevel,
    int apiPort,
    boolean autoReload,
    @Nullable String userAgent,
    boolean bypassLan,
    boolean bypassLanInCore,
    boolean fakeIp,
    boolean forceResolveDomain,
    boolean internalDnsServer,
    List<String> bypassGeoipList,
    List<String> bypassGeositeList,
    List<String> rejectGeoipList,
    List<String> rejectGeositeList) {
  public static final int DEFAULT_API_PORT = 10_001;
  public static final int DEFAULT_LOG_LEVEL = 2;

  private static final LeafPreferences DEFAULTS =
      new LeafPreferences(
          null,
          null,
          0,
          0,
          null,
          false,
          false,
          false,
          DEFAULT_LOG_LEVEL,
          DEFAULT_API_PORT,
          false,
          null,
          false,
          false,
          false,
          false,
          false,
          List.of(),
          List.of(),
          List.of(),
          List.of());

  /** Copies the lists and refuses what is out of range with {@code IllegalArgumentException}. */
  public LeafPreferences {
    require(traffic >= 0, "traffic", "0 or more", traffic);
    require(usedTraffic >= 0, "used_traffic", "0 or more", usedTraffic);
    require(logLevel >= 0 && logLevel <= 4, "log_level", "0 (trace) to 4 (error)", logLevel);
    require(apiPort >= 1 && apiPort <= 65_535, "api_port", "1 to 65535", apiPort);
    bypassGeoipList = List.copyOf(bypassGeoipList);
    bypassGeositeList = List.copyOf(bypassGeositeList);
    rejectGeoipList = List.copyOf(rejectGeoipList);
    rejectGeositeList = List.copyOf(rejectGeositeList);
  }

  public static LeafPreferences defaults() {
    return DEFAULTS;
  }

  /** These preferences with another port, for readers that must see the one in force. */
  public LeafPreferences withApiPort(int port) {
    return new LeafPreferences(
        clientId,
        lastUpdateTime,
        traffic,
        usedTraffic,
        expireTime,
        enableIpv6,
        preferIpv6,
        memoryLogger,
        logLevel,
        port,
        autoReload,
        userAgent,
        bypassLan,
        bypassLanInCore,
        fakeIp,
        forceResolveDomain,
        internalDnsServer,
        bypassGeoipList,
        bypassGeositeList,
        rejectGeoipList,
        rejectGeositeList);
  }

  private static void require(boolean holds, String field, String range, long value) {
    if (!holds) {
      throw new IllegalArgumentException(field + " is " + value + "; it must be " + range);
    }
  }
}
