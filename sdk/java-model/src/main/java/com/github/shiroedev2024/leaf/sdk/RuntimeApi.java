package com.github.shiroedev2024.leaf.sdk;

import static com.github.shiroedev2024.leaf.sdk.http.ApiRequest.encode;
import static com.github.shiroedev2024.leaf.sdk.http.ApiRequest.get;
import static com.github.shiroedev2024.leaf.sdk.http.ApiRequest.post;

import com.github.shiroedev2024.leaf.sdk.http.ApiAddress;
import com.github.shiroedev2024.leaf.sdk.http.ApiCaller;
import com.github.shiroedev2024.leaf.sdk.http.HttpTransport;
import com.github.shiroedev2024.leaf.sdk.model.CheckConnectivityReply;
import com.github.shiroedev2024.leaf.sdk.model.FailoverStatusReply;
import com.github.shiroedev2024.leaf.sdk.model.Log;
import com.github.shiroedev2024.leaf.sdk.model.MptpStatusReply;
import com.github.shiroedev2024.leaf.sdk.model.OutboundHealthReply;
import com.github.shiroedev2024.leaf.sdk.model.OutboundLastPeerActiveReply;
import com.github.shiroedev2024.leaf.sdk.model.OutboundListReply;
import com.github.shiroedev2024.leaf.sdk.model.OutboundSinceLastPeerActiveReply;
import com.github.shiroedev2024.leaf.sdk.model.ReloadReply;
import com.github.shiroedev2024.leaf.sdk.model.SelectListReply;
import com.github.shiroedev2024.leaf.sdk.model.SelectReply;
import com.github.shiroedev2024.leaf.sdk.model.SpeedTestStatusReply;
import com.github.shiroedev2024.leaf.sdk.model.Stat;
import com.github.shiroedev2024.leaf.sdk.model.UsageReply;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The calls of the runtime's HTTP API, which each client offers over its own transport.
 * Thread-safe; every call blocks until it is answered.
 *
 * <p>All calls fail alike: with {@link LeafException} when the runtime says no (its message is the
 * runtime's text, such as {@code unknown outbound 'us-ams-9'}), {@link java.net.ConnectException}
 * when Leaf is not running, {@link java.net.SocketTimeoutException} when no answer comes in time,
 * and another {@link IOException} when the answer is broken or not of Leaf.
 */
public abstract class RuntimeApi implements AutoCloseable {
  private static final String RUNTIME = "/api/v1/runtime/";
  private static final String OUTBOUND = "/api/v1/app/outbound/";

  private final ApiAddress address;
  private final HttpTransport transport;
  private final ApiCaller api;

  /**
   * For clients: the calls to this address over this transport, which is closed with the client.
   */
  protected RuntimeApi(ApiAddress address, Duration timeout, HttpTransport transport) {
    this.address = address;
    this.transport = transport;
    this.api =
        new ApiCaller(
            transport,
            address.authority(),
            "Leaf is not running on " + address.authority(),
            "; start it with 'leaf run'",
            timeout);
  }

  /** The URL that the calls go to, such as {@code http://127.0.0.1:10001}. */
  public final String getBaseUrl() {
    return address.toString();
  }

  /**
   * Has the runtime read its configuration again; returns once the new one is live.
   *
   * @throws LeafException 500 with file, line and reason for a bad file; the old one goes on then
   */
  public final ReloadReply reload() throws IOException {
    return api.call(post("reload", RUNTIME + "reload"), ReloadReply.class);
  }

  /** Has the runtime end; the core stays. The runtime drains for a few seconds after the answer. */
  public final void shutdown() throws IOException {
    api.call(post("shutdown", RUNTIME + "shutdown"));
  }

  /**
   * Probes through the outbound selected now.
   *
   * @throws LeafException 500 with the reason when nothing gets through
   */
  public final CheckConnectivityReply checkConnectivity() throws IOException {
    return api.call(
        get("checkConnectivity", RUNTIME + "check_connectivity"), CheckConnectivityReply.class);
  }

  /** The active connections. */
  public final List<Stat> getStats() throws IOException {
    return list(api.call(get("getStats", RUNTIME + "stat/json"), Stat[].class));
  }

  /** The most recent finished connections, newest first; at most 1,000. */
  public final List<Stat> getRecentStats() throws IOException {
    return list(api.call(get("getRecentStats", RUNTIME + "stat/recent/json"), Stat[].class));
  }

  private static List<Stat> list(Stat[] stats) {
    return new ArrayList<>(Arrays.asList(stats));
  }

  /**
   * Totals of an outbound, group or inbound.
   *
   * @throws LeafException 404 for an unknown tag
   */
  public final UsageReply getUsage(String tag) throws IOException {
    return api.call(get("getUsage", RUNTIME + "usage/json?tag=" + encode(tag)), UsageReply.class);
  }

  /**
   * Totals of a user of the inbounds.
   *
   * @throws LeafException 404 for a user neither configured nor seen
   */
  public final UsageReply getUsageByUserId(String userId) throws IOException {
    return api.call(
        get("getUsageByUserId", RUNTIME + "usage/json?userId=" + encode(userId)), UsageReply.class);
  }

  /**
   * A window of the log, oldest line first.
   *
   * @param limit how many lines at most, up to 10,000
   * @param offset where to begin, 0 being the oldest line kept; a poller gives the number of lines
   *     that it has read so far
   */
  public final Log getLogs(int limit, int offset) throws IOException {
    return api.call(
        get("getLogs", RUNTIME + "logs/json?limit=" + limit + "&offset=" + offset), Log.class);
  }

  /** Drops the lines kept so far. */
  public final void clearLogs() throws IOException {
    api.call(post("clearLogs", RUNTIME + "logs/clear"));
  }

  /** Every configured group. */
  public final OutboundListReply getOutboundList() throws IOException {
    return api.call(get("getOutboundList", OUTBOUND + "list"), OutboundListReply.class);
  }

  /**
   * The members of a group of any kind.
   *
   * @throws LeafException 404 when there is no such group
   */
  public final SelectListReply getSelectOutboundItems(String tag) throws IOException {
    return api.call(
        get("getSelectOutboundItems", OUTBOUND + "selects?outbound=" + encode(tag)),
        SelectListReply.class);
  }

  /**
   * The member that a group of any kind uses.
   *
   * @throws LeafException 404 when there is no such group
   */
  public final SelectReply getCurrentSelectOutboundItem(String tag) throws IOException {
    return api.call(
        get("getCurrentSelectOutboundItem", OUTBOUND + "select?outbound=" + encode(tag)),
        SelectReply.class);
  }

  /**
   * Switches a select group, for new connections at once; the choice outlives reload and restart.
   *
   * @throws LeafException 404 when there is no such select group or it has no such member
   */
  public final void setSelectOutboundItem(String tag, String item) throws IOException {
    api.call(
        post(
            "setSelectOutboundItem",
            OUTBOUND + "select?outbound=" + encode(tag) + "&select=" + encode(item)));
  }

  /**
   * The state of a failover group.
   *
   * @throws LeafException 404 when there is no such failover group
   */
  public final FailoverStatusReply getFailoverStatus(String tag) throws IOException {
    return api.call(
        get("getFailoverStatus", OUTBOUND + "failover/status?outbound=" + encode(tag)),
        FailoverStatusReply.class);
  }

  /**
   * Has a failover group check its members; returns at once, {@link #getFailoverStatus} shows the
   * result later.
   *
   * @throws LeafException 404 when there is no such failover group
   */
  public final void forceFailoverHealthCheck(String tag) throws IOException {
    api.call(
        post(
            "forceFailoverHealthCheck", OUTBOUND + "failover/healthcheck?outbound=" + encode(tag)));
  }

  /** Has every failover group check its members; returns at once. */
  public final void forceFailoverHealthCheckAll() throws IOException {
    api.call(post("forceFailoverHealthCheckAll", OUTBOUND + "failover/healthcheck/all"));
  }

  /**
   * Probes an outbound or group now; blocks for as long as the probes take.
   *
   * @throws LeafException 404 for an unknown tag
   */
  public final OutboundHealthReply getOutboundHealth(String tag) throws IOException {
    return api.call(
        get("getOutboundHealth", RUNTIME + "outbound/" + encode(tag) + "/health"),
        OutboundHealthReply.class);
  }

  /**
   * When the peer of an outbound was last active.
   *
   * @throws LeafException 404 for an unknown tag
   */
  public final OutboundLastPeerActiveReply getOutboundLastPeerActive(String tag)
      throws IOException {
    return api.call(
        get("getOutboundLastPeerActive", RUNTIME + "outbound/" + encode(tag) + "/last_peer_active"),
        OutboundLastPeerActiveReply.class);
  }

  /**
   * How long ago the peer of an outbound was last active.
   *
   * @throws LeafException 404 for an unknown tag
   */
  public final OutboundSinceLastPeerActiveReply getOutboundSinceLastPeerActive(String tag)
      throws IOException {
    return api.call(
        get(
            "getOutboundSinceLastPeerActive",
            RUNTIME + "outbound/" + encode(tag) + "/since_last_peer_active"),
        OutboundSinceLastPeerActiveReply.class);
  }

  /**
   * The state of a speedtest group.
   *
   * @throws LeafException 404 when there is no such speedtest group
   */
  public final SpeedTestStatusReply getSpeedtestStatus(String tag) throws IOException {
    return api.call(
        get("getSpeedtestStatus", OUTBOUND + "speedtest/status?outbound=" + encode(tag)),
        SpeedTestStatusReply.class);
  }

  /**
   * The state of an mptp group.
   *
   * @throws LeafException 404 when there is no such mptp group
   */
  public final MptpStatusReply getMptpStatus(String tag) throws IOException {
    return api.call(
        get("getMptpStatus", OUTBOUND + "mptp/status?outbound=" + encode(tag)),
        MptpStatusReply.class);
  }

  /** Ends the pooled connections; calls fail from now on. Harmless when done twice. */
  @Override
  public final void close() {
    transport.close();
  }
}
