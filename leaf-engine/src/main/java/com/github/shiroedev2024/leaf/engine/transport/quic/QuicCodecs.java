package com.github.shiroedev2024.leaf.engine.transport.quic;

import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicCongestionControlAlgorithm;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What both sides have in common. */
final class QuicCodecs {
  /** No datagram that is sent to us may be longer; bytes. */
  static final int MAX_DATAGRAM = 1500;

  /** The most that is sent in one datagram, once the path is known to take it; bytes. */
  private static final int MAX_SENT = 1452;

  /** What a peer may send on one stream, and on all of a connection, before it is read; bytes. */
  private static final int STREAM_WINDOW = 512 << 10;

  private static final int CONNECTION_WINDOW = 16 << 20;

  /** DATAGRAM frames that wait; they only keep connections alive. */
  private static final int DATAGRAMS = 4;

  private QuicCodecs() {}

  /**
   * @param streams what the peer may have open at once
   */
  static <B extends QuicCodecBuilder<B>> B common(B builder, Duration idle, int streams) {
    return builder
        .congestionControlAlgorithm(QuicCongestionControlAlgorithm.BBR)
        .maxIdleTimeout(idle.toMillis(), TimeUnit.MILLISECONDS)
        .maxRecvUdpPayloadSize(MAX_DATAGRAM)
        .maxSendUdpPayloadSize(MAX_SENT)
        .discoverPmtu(true)
        .initialMaxData(CONNECTION_WINDOW)
        .initialMaxStreamDataBidirectionalLocal(STREAM_WINDOW)
        .initialMaxStreamDataBidirectionalRemote(STREAM_WINDOW)
        .initialMaxStreamsBidirectional(streams)
        .initialMaxStreamsUnidirectional(0)
        .datagram(DATAGRAMS, DATAGRAMS);
  }
}
