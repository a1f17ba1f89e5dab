package com.github.shiroedev2024.leaf.engine.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A DNS server on one loopback port, UDP and TCP, that answers as the test's script says. */
final class FakeDnsServer implements AutoCloseable {
  /**
   * What was asked.
   *
   * @param number 1 for the first query this server got
   */
  record Query(int number, int id, String name, int type, boolean edns, boolean tcp, int port) {
    WireMessage ok() {
      return WireMessage.reply(id, 0x8180, name, type);
    }

    WireMessage error(int rcode) {
      return WireMessage.reply(id, 0x8180 | rcode, name, type);
    }
  }

  /** Gives the messages to send back, in order; none: silence. */
  interface Script {
    List<byte[]> answer(Query query) throws IOException;
  }

  final List<Query> queries = new CopyOnWriteArrayList<>();
  private final Script script;
  private final DatagramSocket udp;
  private final ServerSocket tcp;

  FakeDnsServer(Script script) {
    this.script = script;
    try {
      this.tcp = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
      this.udp = new DatagramSocket(tcp.getLocalSocketAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().name("dns-udp").start(this::serveUdp);
    Thread.ofPlatform().daemon().name("dns-tcp").start(this::serveTcp);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) udp.getLocalSocketAddress();
  }

  /** Sends bytes to a client from another socket than the one it asked. */
  static void sendFromElsewhere(int port, byte[] bytes) throws IOException {
    try (DatagramSocket other = new DatagramSocket()) {
      other.send(
          new DatagramPacket(
              bytes,
              bytes.length,
              new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port)));
    }
  }

  private void serveUdp() {
    byte[] buffer = new byte[4096];
    while (!udp.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        byte[] bytes = java.util.Arrays.copyOf(buffer, packet.getLength());
        SocketAddress client = packet.getSocketAddress();
        for (byte[] reply : script.answer(parse(bytes, false, packet.getPort()))) {
          udp.send(new DatagramPacket(reply, reply.length, client));
        }
      } catch (IOException e) {
        if (udp.isClosed()) {
          return;
        }
      }
    }
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try (Socket client = tcp.accept()) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        byte[] query = new byte[in.readUnsignedShort()];
        in.readFully(query);
        for (byte[] reply : script.answer(parse(query, true, client.getPort()))) {
          out.writeShort(reply.length);
          for (byte b : reply) {
            out.write(b); // in many small pieces
          }
        }
        in.read();
      } catch (IOException e) {
        if (tcp.isClosed()) {
          return;
        }
      }
    }
  }

  private Query parse(byte[] b, boolean overTcp, int port) {
    StringBuilder name = new StringBuilder();
    int at = 12;
    while (b[at] != 0) {
      name.append(name.isEmpty() ? "" : ".");
      name.append(new String(b, at + 1, b[at], StandardCharsets.US_ASCII));
      at += b[at] + 1;
    }
    int id = (b[0] & 0xff) << 8 | (b[1] & 0xff);
    Query query =
        new Query(queries.size() + 1, id, name.toString(), b[at + 2], b[11] == 1, overTcp, port);
    queries.add(query);
    return query;
  }

  @Override
  public void close() {
    udp.close();
    try {
      tcp.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
