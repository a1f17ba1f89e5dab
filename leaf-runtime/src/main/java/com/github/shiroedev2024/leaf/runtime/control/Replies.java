package com.github.shiroedev2024.leaf.runtime.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the runtime answers to control calls. Times ending in {@code Ms} are milliseconds. */
public final class Replies {
  private Replies() {}

  /** What a reload changed; tags of outbounds, groups and inbounds, generated parts left out. */
  public record Reloaded(
      List<String> added,
      List<String> removed,
      List<String> changed,
      int keptConnections,
      int closedConnections) {}

  /** One connection or association, alive or finished. Bytes are payload bytes. */
  public record Connection(
      long id,
      String network,
      String inboundTag,
      @Nullable String forwardedSource,
      String source,
      String destination,
      String outboundTag,
      List<String> outboundChain,
      long bytesSent,
      long bytesRecvd,
      boolean sendCompleted,
      boolean recvCompleted,
      long startTime,
      double duration,
      @Nullable String dnsSniffedDomain,
      @Nullable String tlsSniffedDomain,
      @Nullable String httpSniffedDomain,
      @Nullable String userId,
      @Nullable String rule,
      @Nullable String process,
      ConnectionTimings timings,
      @Nullable String closeReason) {}

  public record ConnectionTimings(
      @Nullable Double dnsMs,
      @Nullable Double connectMs,
      @Nullable Double handshakeMs,
      @Nullable Double firstByteMs) {}

  public record Usage(long bytesSent, long bytesRecvd) {}

  /**
   * A window of the log.
   *
   * @param total lines kept now
   * @param next cursor: the number of the line after the last one answered
   */
  public record LogPage(List<String> messages, int total, long next) {}

  /** A configured group and its type word as in the file. */
  public record GroupInfo(String tag, String type) {}

  public record Member(String name, boolean isSelected, @Nullable Double pingMs) {}

  public record Actor(String name, @Nullable Double pingMs, boolean isSelected) {}

  public record Health(String tag, @Nullable Double tcpMs, @Nullable Double udpMs) {}

  /** What is wrong with a configuration; {@code severity} is {@code error} or {@code warning}. */
  public record ConfigProblem(
      String severity,
      String file,
      int line,
      String path,
      String text,
      String reason,
      String remedy) {}

  /**
   * Which way a destination would go.
   *
   * @param rule the rule as written, null for the default
   * @param outbounds the chain from the rule's target down to the node
   */
  public record Route(
      String destination,
      String network,
      @Nullable String rule,
      String outboundTag,
      List<String> outbounds) {}
}
