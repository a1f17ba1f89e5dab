package com.github.shiroedev2024.leaf.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Port numbers of the loopback that nobody holds; for programs that cannot pick one themselves. */
public final class FreePorts {
  private static final int ATTEMPTS = 64;

  private FreePorts() {}

  /** A port that is free for TCP and for UDP. Nothing keeps it free: use it at once. */
  public static int any() {
    IOException last = new IOException("no attempt made");
    for (int i = 0; i < ATTEMPTS; i++) {
      try (ServerSocket tcp = new ServerSocket()) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        tcp.bind(new InetSocketAddress(loopback, 0));
        try (DatagramSocket udp =
            new DatagramSocket(new InetSocketAddress(loopback, tcp.getLocalPort()))) {
          return udp.getLocalPort();
        }
      } catch (IOException e) {
        last = e;
      }
    }
    throw new UncheckedIOException("no free port found", last);
  }
}
