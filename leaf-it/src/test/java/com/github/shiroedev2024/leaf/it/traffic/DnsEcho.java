package com.github.shiroedev2024.leaf.it.traffic;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;

/** A name server that knows no name: each query comes back as a reply that says so. */
public final class DnsEcho implements AutoCloseable {
  private static final int FLAGS_AT = 2;
  private static final byte REPLY_RECURSION_DESIRED = (byte) 0x81;
  private static final byte AVAILABLE_NO_SUCH_NAME = (byte) 0x83;

  private final DatagramSocket socket;

  private DnsEcho(DatagramSocket socket) {
    this.socket = socket;
  }

  public static DnsEcho start() throws IOException {
    DnsEcho server = new DnsEcho(new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1")));
    Thread.ofPlatform().daemon().name("dns-echo").start(server::serve);
    return server;
  }

  private void serve() {
    DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
    while (!socket.isClosed()) {
      try {
        packet.setLength(1500);
        socket.receive(packet);
        packet.getData()[FLAGS_AT] = REPLY_RECURSION_DESIRED;
        packet.getData()[FLAGS_AT + 1] = AVAILABLE_NO_SUCH_NAME;
        socket.send(packet);
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new AssertionError("the name server broke down", e);
        }
      }
    }
  }

  public int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() {
    socket.close();
  }
}
