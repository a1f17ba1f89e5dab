package com.github.shiroedev2024.leaf.it.interop;

import com.github.shiroedev2024.leaf.it.traffic.SocksClient;
import com.github.shiroedev2024.leaf.it.traffic.Traffic;
import java.time.Duration;

/** What must work through every pair of programs. */
enum Check {
  PING_PONG("TCP ping-pong") {
    @Override
    void run(SocksClient client, boolean halfClose) throws Exception {
      Traffic.pingPong(client);
    }
  },

  BULK("64 MiB both ways at once") {
    @Override
    void run(SocksClient client, boolean halfClose) throws Exception {
      Traffic.bulk(client, 64L << 20);
    }
  },

  HALF_CLOSE("half-close, or whole ends") {
    @Override
    void run(SocksClient client, boolean halfClose) throws Exception {
      Traffic.remoteEnds(client);
      if (halfClose) {
        Traffic.clientHalfCloses(client);
      } else {
        Traffic.wholeEnds(client);
      }
    }
  },

  UDP_SMALL("UDP, small") {
    @Override
    void run(SocksClient client, boolean halfClose) throws Exception {
      Traffic.datagrams(client, 1, 64);
    }

    @Override
    boolean datagrams() {
      return true;
    }
  },

  UDP_1400("UDP, 1,400 B") {
    @Override
    void run(SocksClient client, boolean halfClose) throws Exception {
      Traffic.datagrams(client, 1400, 1400);
    }

    @Override
    boolean datagrams() {
      return true;
    }
  },

  CONNECTIONS("200 connections") {
    @Override
    void run(SocksClient client, boolean halfClose) throws Exception {
      Traffic.connections(client, 200);
    }
  };

  /** No check takes longer on a busy machine unless something hangs. */
  static final Duration LIMIT = Traffic.LIMIT;

  private final String words;

  Check(String words) {
    this.words = words;
  }

  /**
   * @param halfClose whether an end of one direction reaches the other side as that
   */
  abstract void run(SocksClient client, boolean halfClose) throws Exception;

  boolean datagrams() {
    return false;
  }

  @Override
  public String toString() {
    return words;
  }
}
