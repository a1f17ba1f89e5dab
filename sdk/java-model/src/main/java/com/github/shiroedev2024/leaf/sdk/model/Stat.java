package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.annotations.SerializedName;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** One connection or UDP association, alive or finished. */
@NullUnmarked
public final class Stat extends Reply {
  private Long id;

  private String network;

  @SerializedName("inbound_tag")
  private String inboundTag;

  @SerializedName("forwarded_source")
  private @Nullable String forwardedSource;

  private String source;

  private String destination;

  @SerializedName("outbound_tag")
  private String outboundTag;

  @SerializedName("outbound_chain")
  private List<String> outboundChain;

  @SerializedName("bytes_sent")
  private Long bytesSent;

  @SerializedName("bytes_recvd")
  private Long bytesRecvd;

  @SerializedName("send_completed")
  private boolean sendCompleted;

  @SerializedName("recv_completed")
  private boolean recvCompleted;

  @SerializedName("start_time")
  private Long startTime;

  private Double duration;

  @SerializedName("dns_sniffed_domain")
  private @Nullable String dnsSniffedDomain;

  @SerializedName("tls_sniffed_domain")
  private @Nullable String tlsSniffedDomain;

  @SerializedName("http_sniffed_domain")
  private @Nullable String httpSniffedDomain;

  @SerializedName("user_id")
  private @Nullable String userId;

  private @Nullable String rule;

  private @Nullable String process;

  private StatTimings timings;

  @SerializedName("close_reason")
  private @Nullable String closeReason;

  Stat() {}

  /** Its number, unique while the runtime lives. */
  public Long getId() {
    return id;
  }

  /** {@code tcp} or {@code udp}. */
  public String getNetwork() {
    return network;
  }

  /** The inbound that accepted it. */
  public String getInboundTag() {
    return inboundTag;
  }

  /** Who the client says it speaks for; null when it says nothing. */
  public @Nullable String getForwardedSource() {
    return forwardedSource;
  }

  /** The local client, as {@code ip:port}. */
  public String getSource() {
    return source;
  }

  /** Where it goes, as {@code host:port}. */
  public String getDestination() {
    return destination;
  }

  /** The outbound that carried it. */
  public String getOutboundTag() {
    return outboundTag;
  }

  /** The groups that it passed, outermost first. */
  public List<String> getOutboundChain() {
    return outboundChain;
  }

  /** Payload bytes from the local client towards the peer. */
  public Long getBytesSent() {
    return bytesSent;
  }

  /** Payload bytes from the peer towards the local client. */
  public Long getBytesRecvd() {
    return bytesRecvd;
  }

  /** Whether the client has finished sending. */
  public boolean isSendCompleted() {
    return sendCompleted;
  }

  /** Whether the peer has finished sending. */
  public boolean isRecvCompleted() {
    return recvCompleted;
  }

  /** When it began, in Unix seconds. */
  public Long getStartTime() {
    return startTime;
  }

  /** How long it has lasted, in seconds. */
  public Double getDuration() {
    return duration;
  }

  /** The name that a DNS answer gave for its address; null when none did. */
  public @Nullable String getDnsSniffedDomain() {
    return dnsSniffedDomain;
  }

  /** The server name of its TLS ClientHello; null when none was seen. */
  public @Nullable String getTlsSniffedDomain() {
    return tlsSniffedDomain;
  }

  /** The Host of its HTTP request; null when none was seen. */
  public @Nullable String getHttpSniffedDomain() {
    return httpSniffedDomain;
  }

  /** The user of the inbound; null when it has no users. */
  public @Nullable String getUserId() {
    return userId;
  }

  /** The rule that chose its outbound; null for the default. */
  public @Nullable String getRule() {
    return rule;
  }

  /** The local program it belongs to; null when not known. */
  public @Nullable String getProcess() {
    return process;
  }

  /** How long its steps took. */
  public StatTimings getTimings() {
    return timings;
  }

  /** Why it ended; null while it lives. */
  public @Nullable String getCloseReason() {
    return closeReason;
  }
}
