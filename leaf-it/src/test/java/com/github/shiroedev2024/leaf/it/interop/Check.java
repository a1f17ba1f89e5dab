package com.github.shiroedev2024.leaf.it.interop;

import com.github.shiroedev2024.leaf.it.traffic.Door;
import com.github.shiroedev2024.leaf.it.traffic.SocksClient;
import com.github.shiroedev2024.leaf.it.traffic.Traffic;
import java.net.Socket;
import java.time.Duration;

/** What must work through every pair of programs. */
enum Check {
  PING_PONG("TCP ping-pong") {
    @Override
    void run(SocksClient client, Manners manners) throws Exception {
      Traffic.pingPong(client);
    }
  },

  BULK("64 MiB both ways at once") {
    @Override
    void run(SocksClient client, Manners manners) throws Exception {
      Traffic.bulk(
          remote -> {
            Socket socket = client.connect(remote);
            if (manners.smallFirst()) {
              Traffic.exchange(socket, 5);
            }
            return socket;
          },
          64L << 20);
    }
  },

  HALF_CLOSE("half-close, or whole ends") {
    @Override
    void run(SocksClient client, Manners manners) throws Exception {
      Door asking =
          remote -> {
            Socket socket = client.connect(remote);
            socket.getOutputStream().write(1); // many clients ask the server with the first byte
            return socket;
          };
      switch (manners.ends()) {
        case EACH -> {
          Traffic.remoteEnds(asking);
          Traffic.clientHalfCloses(client);
        }
        case BOTH -> {
          Traffic.remoteEnds(asking);
          Traffic.wholeEnds(client, manners.smallFirst() ? 100 : 0);
        }
        case HIDDEN -> {
          Traffic.remoteIsRead(asking);
          Traffic.clientIsRead(client);
        }
        case LOST -> throw new IllegalStateException("there is nothing to check");
      }
    }
  },

  UDP_SMALL("UDP, small") {
    @Override
    void run(SocksClient client, Manners manners) throws Exception {
      Traffic.datagrams(client, 1, 64);
    }

    @Override
    boolean datagrams() {
      return true;
    }
  },

  UDP_1400("UDP, 1,400 B") {
    @Override
    void run(SocksClient client, Manners manners) throws Exception {
      Traffic.datagrams(client, 1400, 1400);
    }

    @Override
    boolean datagrams() {
      return true;
    }
  },

  CONNECTIONS("200 connections") {
    @Override
    void run(SocksClient client, Manners manners) throws Exception {
      Traffic.connections(client, 200, manners.attempts());
    }
  };

  /** No check takes longer on a busy machine unless something hangs. */
  static final Duration LIMIT = Traffic.LIMIT;

  private final String words;

  Check(String words) {
    this.words = words;
  }

  /**
   * @param manners the peer's
   */
  abstract void run(SocksClient client, Manners manners) throws Exception;

  boolean datagrams() {
    return false;
  }

  /** Whether it makes sense for this combination and peer. */
  final boolean applies(Combination combination, Manners manners) {
    return datagrams()
        ? combination.carriesDatagrams() && manners.datagrams()
        : this != HALF_CLOSE || manners.ends() != Ends.LOST;
  }

  @Override
  public String toString() {
    return words;
  }
}
