package com.github.shiroedev2024.leaf.it.traffic;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a program behind the SOCKS port does; plain blocking sockets that share nothing with Leaf.
 */
public final class SocksClient implements Door {
  private final InetSocketAddress proxy;

  public SocksClient(InetSocketAddress proxy) {
    this.proxy = proxy;
  }

  @Override
  public Socket connect(InetSocketAddress to) throws IOException {
    Socket socket = new Socket(new Proxy(Proxy.Type.SOCKS, proxy));
    try {
      socket.setTcpNoDelay(true);
      socket.connect(to, CONNECT_MILLIS);
      socket.setSoTimeout(READ_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** A UDP association; needs a server without users. */
  public Association associate() throws IOException {
    Socket control = new Socket();
    try {
      control.connect(proxy, CONNECT_MILLIS);
      control.setSoTimeout(READ_MILLIS);
      control.getOutputStream().write(new byte[] {5, 1, 0});
      expect(control, new byte[] {5, 0});
      control.getOutputStream().write(new byte[] {5, 3, 0, 1, 0, 0, 0, 0, 0, 0});
      expect(control, new byte[] {5, 0, 0, 1});
      byte[] bound = control.getInputStream().readNBytes(6);
      InetAddress address = InetAddress.getByAddress(Arrays.copyOf(bound, 4));
      int port = ByteBuffer.wrap(bound).getShort(4) & 0xffff;
      DatagramSocket udp = new DatagramSocket(0, proxy.getAddress());
      udp.setSoTimeout(READ_MILLIS);
      return new Association(
          control,
          udp,
          new InetSocketAddress(address.isAnyLocalAddress() ? proxy.getAddress() : address, port));
    } catch (IOException e) {
      control.close();
      throw e;
    }
  }

  private static void expect(Socket control, byte[] wanted) throws IOException {
    byte[] got = control.getInputStream().readNBytes(wanted.length);
    if (!Arrays.equals(got, wanted)) {
      throw new IOException("the SOCKS server answers " + Arrays.toString(got));
    }
  }

  /** A UDP association. */
  public record Association(Socket control, DatagramSocket udp, InetSocketAddress relay)
      implements AutoCloseable {
    private static final int MOST = 65_536;

    /** The datagram as it goes to the relay, and as its echo comes back from it. */
    private static byte[] packet(InetSocketAddress peer, byte[] payload) {
      ByteBuffer packet = ByteBuffer.allocate(10 + payload.length);
      packet.put(new byte[] {0, 0, 0, 1}).put(peer.getAddress().getAddress());
      return packet.putShort((short) peer.getPort()).put(payload).array();
    }

    public void send(InetSocketAddress peer, byte[] payload) throws IOException {
      byte[] packet = packet(peer, payload);
      udp.send(new DatagramPacket(packet, packet.length, relay));
    }

    /** Whether the next datagram is this one, from this peer. */
    public boolean receives(InetSocketAddress peer, byte[] payload) throws IOException {
      DatagramPacket answer = new DatagramPacket(new byte[MOST], MOST);
      udp.receive(answer);
      return Arrays.equals(
          Arrays.copyOf(answer.getData(), answer.getLength()), packet(peer, payload));
    }

    @Override
    public void close() throws IOException {
      udp.close();
      control.close();
    }
  }
}
