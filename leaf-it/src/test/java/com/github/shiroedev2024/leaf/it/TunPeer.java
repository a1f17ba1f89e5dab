package com.github.shiroedev2024.leaf.it;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An ordinary program on one of the hosts of {@link TunHosts}: plain sockets that know of no proxy.
 * As a server it answers; as a client it does what its standard input says, a line each, and prints
 * a line of result.
 */
final class TunPeer {
  static final int ECHO = 7;

  /** Sends as many bytes as the eight bytes that it gets say. */
  static final int DOWNLOAD = 9;

  /** Answers a datagram from another port. */
  static final int OTHER_PORT = 10;

  /** Answers {@code GET /N} with as many bytes, those of {@link #DOWNLOAD}. */
  static final int HTTP = 80;

  private static final int DNS = 53;
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final long SEED = 42;

  /** Datagrams that are on their way together. */
  private static final int AT_A_TIME = 32;

  private TunPeer() {}

  public static void main(String[] args) throws Exception {
    if (args[0].equals("serve")) {
      for (String address : Arrays.asList(args).subList(1, args.length)) {
        serve(InetAddress.ofLiteral(address));
      }
      System.out.println("ready");
      Thread.currentThread().join();
    }
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("ready");
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ", -1);
      String result;
      try {
        result = act(words);
      } catch (Exception e) {
        result = "failed " + e;
      }
      System.out.println(result.replace('\n', ' '));
    }
  }

  // ---- the server ----

  private interface Serving {
    void run(Socket socket) throws IOException;
  }

  private static void serve(InetAddress address) throws IOException {
    tcp(
        address,
        ECHO,
        socket -> {
          socket.getInputStream().transferTo(socket.getOutputStream());
          socket.shutdownOutput();
        });
    tcp(
        address,
        DOWNLOAD,
        socket -> {
          long count = new DataInputStream(socket.getInputStream()).readLong();
          bytes(count, socket.getOutputStream());
        });
    tcp(
        address,
        HTTP,
        socket -> {
          var in =
              new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
          long count = Long.parseLong(in.readLine().split(" ", -1)[1].substring(1));
          while (!in.readLine().isEmpty()) {
            // the other fields say nothing to this server
          }
          String head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ";
          socket
              .getOutputStream()
              .write((head + count + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
          bytes(count, socket.getOutputStream());
        });
    DatagramSocket other = new DatagramSocket(0, address);
    udp(address, ECHO, null);
    udp(address, OTHER_PORT, other);
    udp(address, DNS, null);
  }

  /** Writes so many bytes, always the same ones. */
  static void bytes(long count, OutputStream out) throws IOException {
    Random random = new Random(SEED);
    byte[] piece = new byte[64 * 1024];
    for (long left = count; left > 0; left -= piece.length) {
      random.nextBytes(piece);
      out.write(piece, 0, (int) Math.min(left, piece.length));
    }
  }

  private static void tcp(InetAddress address, int port, Serving serving) throws IOException {
    ServerSocket server = new ServerSocket(port, 1000, address);
    Thread.startVirtualThread(
        () -> {
          while (true) {
            try {
              Socket socket = server.accept();
              Thread.startVirtualThread(
                  () -> {
                    try (socket) {
                      serving.run(socket);
                    } catch (IOException e) {
                      System.err.println("server: " + e); // the client sees it too
                    }
                  });
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          }
        });
  }

  private static void udp(InetAddress address, int port, @Nullable DatagramSocket by)
      throws IOException {
    DatagramSocket socket = new DatagramSocket(port, address);
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
              while (true) {
                try {
                  packet.setLength(65_535);
                  socket.receive(packet);
                  if (port == DNS) {
                    packet = answered(packet, address);
                  }
                  (by == null ? socket : by).send(packet);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              }
            });
  }

  /**
   * The server's own address for A questions for names that begin with "here", 203.0.113.80 for
   * others; "no such name" for names that begin with "no".
   */
  private static DatagramPacket answered(DatagramPacket query, InetAddress server) {
    ByteBuffer in = ByteBuffer.wrap(query.getData(), 0, query.getLength());
    int end = 12;
    while (in.get(end) != 0) {
      end += 1 + in.get(end);
    }
    boolean address = in.getShort(end + 1) == 1;
    boolean here =
        server.getAddress().length == 4
            && new String(in.array(), 13, 4, StandardCharsets.US_ASCII).equals("here");
    boolean none = in.get(13) == 'n' && in.get(14) == 'o';
    ByteBuffer out = ByteBuffer.allocate(65_535);
    out.putShort(in.getShort(0)).putShort((short) (none ? 0x8183 : 0x8180)).putShort((short) 1);
    out.putShort((short) (address && !none ? 1 : 0)).putInt(0);
    out.put(in.array(), 12, end + 5 - 12);
    if (address && !none) {
      out.putShort((short) 0xc00c).putShort((short) 1).putShort((short) 1).putInt(60);
      byte[] elsewhere = {(byte) 203, 0, 113, 80};
      out.putShort((short) 4).put(here ? server.getAddress() : elsewhere);
    }
    return new DatagramPacket(out.array(), out.position(), query.getSocketAddress());
  }

  // ---- the client ----

  private static String act(String[] words) throws Exception {
    return switch (words[0]) {
      case "echo" -> echo(words[1], Integer.parseInt(words[2]));
      case "short" -> many(words[1], Integer.parseInt(words[2]));
      case "download" -> download(words[1], Long.parseLong(words[2]));
      case "udp" -> datagram(words[1], ECHO, Integer.parseInt(words[2]));
      case "udp-again" -> again(words[1], Integer.parseInt(words[2]));
      case "stream" -> stream(words[1], Integer.parseInt(words[2]));
      case "cone" -> datagram(words[1], OTHER_PORT, 100);
      case "connect" -> connected(words[1], Integer.parseInt(words[2]));
      case "names" -> names(words[1], words[2], Integer.parseInt(words[3]));
      case "dns" -> dns(words[1], words[2], Integer.parseInt(words[3]));
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  private static Socket connect(String address, int port) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), TIMEOUT_MILLIS);
    return socket;
  }

  private static String echo(String address, int bytes) throws Exception {
    byte[] sent = new byte[bytes];
    new Random().nextBytes(sent);
    try (Socket socket = connect(address, ECHO)) {
      OutputStream out = socket.getOutputStream();
      Thread writer =
          Thread.startVirtualThread(
              () -> {
                try {
                  out.write(sent);
                  socket.shutdownOutput();
                } catch (IOException e) {
                  System.err.println("client: " + e); // too few bytes come back
                }
              });
      byte[] got = socket.getInputStream().readAllBytes();
      writer.join();
      return Arrays.equals(sent, got) ? "ok" : "got " + got.length + " other bytes";
    }
  }

  private static String many(String address, int count) throws Exception {
    AtomicInteger left = new AtomicInteger(count);
    Callable<Integer> some =
        () -> {
          int good = 0;
          while (left.getAndDecrement() > 0) {
            good += echo(address, 16).equals("ok") ? 1 : 0;
          }
          return good;
        };
    int good = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<Integer> one : threads.invokeAll(java.util.Collections.nCopies(8, some))) {
        good += one.get();
      }
    }
    return good == count ? "ok" : good + " of " + count;
  }

  private static String download(String address, long bytes) throws Exception {
    try (Socket socket = connect(address, DOWNLOAD)) {
      socket.getOutputStream().write(ByteBuffer.allocate(8).putLong(bytes).array());
      InputStream in = socket.getInputStream();
      Random random = new Random(SEED);
      byte[] wanted = new byte[64 * 1024];
      for (long at = 0; at < bytes; at += wanted.length) {
        random.nextBytes(wanted);
        int length = (int) Math.min(bytes - at, wanted.length);
        byte[] got = in.readNBytes(length);
        if (!Arrays.equals(got, 0, got.length, wanted, 0, length)) {
          return "wrong from byte " + at + ", " + got.length + " of " + length;
        }
      }
      return in.read() == -1 ? "ok" : "more than asked for";
    }
  }

  private static String datagram(String address, int port, int size) throws Exception {
    byte[] sent = new byte[size];
    new Random().nextBytes(sent);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS / 4);
      InetAddress to = InetAddress.ofLiteral(address);
      socket.send(new DatagramPacket(sent, size, to, port));
      DatagramPacket reply = new DatagramPacket(new byte[65_535], 65_535);
      socket.receive(reply);
      boolean same = Arrays.equals(sent, Arrays.copyOf(reply.getData(), reply.getLength()));
      boolean from = reply.getAddress().equals(to);
      boolean other = reply.getPort() != port;
      return same && from && other == (port == OTHER_PORT) ? "ok" : "wrong from " + reply.getPort();
    }
  }

  /** One that is sent until it is answered: the first ones teach the way how narrow it is. */
  private static String again(String address, int size) throws Exception {
    byte[] sent = new byte[size];
    new Random().nextBytes(sent);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS / 20);
      DatagramPacket packet = new DatagramPacket(sent, size, InetAddress.ofLiteral(address), ECHO);
      DatagramPacket reply = new DatagramPacket(new byte[65_535], 65_535);
      for (int i = 0; i < 8; i++) {
        socket.send(packet);
        try {
          socket.receive(reply);
          boolean same = Arrays.equals(sent, Arrays.copyOf(reply.getData(), reply.getLength()));
          return same ? "ok" : "wrong";
        } catch (SocketTimeoutException e) {
          System.err.println("client: sent again: " + e); // lost on the way, as was to be
        }
      }
      return "never answered";
    }
  }

  /** Many datagrams of one socket to two ports, a few at a time; lost ones are sent again. */
  private static String stream(String address, int count) throws Exception {
    InetAddress to = InetAddress.ofLiteral(address);
    Random random = new Random(SEED);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(1000);
      DatagramPacket reply = new DatagramPacket(new byte[65_535], 65_535);
      int lost = 0;
      for (int first = 0; first < count; first += AT_A_TIME) {
        byte[][] sent = new byte[AT_A_TIME][];
        int size = 4 + random.nextInt(1400);
        for (int i = 0; i < AT_A_TIME; i++) {
          // Mostly of one length, so that they can be put together on their way.
          sent[i] = new byte[random.nextInt(4) == 0 ? 4 + random.nextInt(1400) : size];
          random.nextBytes(sent[i]);
          ByteBuffer.wrap(sent[i]).putInt(first + i);
        }
        boolean[] answered = new boolean[AT_A_TIME];
        for (int left = AT_A_TIME; left > 0; ) {
          for (int i = 0; i < AT_A_TIME; i++) {
            if (!answered[i]) {
              int port = i == AT_A_TIME / 2 ? OTHER_PORT : ECHO;
              socket.send(new DatagramPacket(sent[i], sent[i].length, to, port));
            }
          }
          try {
            while (left > 0) {
              socket.receive(reply);
              byte[] got = Arrays.copyOf(reply.getData(), reply.getLength());
              int i = ByteBuffer.wrap(got).getInt() - first;
              if (i < 0) {
                continue; // of a datagram that was sent twice
              }
              if (!Arrays.equals(got, sent[i])) {
                return "wrong: datagram " + (first + i);
              }
              left -= answered[i] ? 0 : 1;
              answered[i] = true;
            }
          } catch (SocketTimeoutException e) {
            if (++lost > 10) {
              return "too many are lost, at " + first;
            }
          }
        }
      }
      return "ok";
    }
  }

  private static String connected(String address, int port) throws Exception {
    try (Socket socket = connect(address, port)) {
      int first = socket.getInputStream().read();
      return first < 0 ? "closed" : "talks";
    }
  }

  private static byte[] question(int id, String name, int type) {
    ByteBuffer query = ByteBuffer.allocate(512);
    query.putShort((short) id).putShort((short) 0x0100).putShort((short) 1);
    query.putInt(0).putShort((short) 0);
    for (String label : name.split("\\.", -1)) {
      query.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
    }
    query.put((byte) 0).putShort((short) type).putShort((short) 1);
    return Arrays.copyOf(query.array(), query.position());
  }

  /** Asks for so many names, until each has an address. */
  private static String names(String server, String suffix, int count) throws Exception {
    InetAddress to = InetAddress.ofLiteral(server);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(100);
      DatagramPacket reply = new DatagramPacket(new byte[1500], 1500);
      BitSet left = new BitSet(count);
      left.set(0, count);
      long end = System.nanoTime() + 120_000_000_000L;
      while (!left.isEmpty() && System.nanoTime() < end) {
        int asked = 0;
        for (int i = left.nextSetBit(0); i >= 0 && asked < 64; i = left.nextSetBit(i + 1)) {
          byte[] query = question(i & 0xffff, "n" + i + "." + suffix, 1);
          socket.send(new DatagramPacket(query, query.length, to, DNS));
          asked++;
        }
        try {
          for (; asked > 0; asked--) {
            socket.receive(reply);
            ByteBuffer in = ByteBuffer.wrap(reply.getData(), 0, reply.getLength());
            if (in.getShort(6) == 1) {
              byte[] label = new byte[in.get(12) - 1];
              in.get(14, label);
              left.clear(Integer.parseInt(new String(label, StandardCharsets.US_ASCII)));
            }
          }
        } catch (SocketTimeoutException e) {
          // what was lost is asked again
        }
      }
      return left.isEmpty() ? "ok" : left.cardinality() + " have none";
    }
  }

  private static String dns(String server, String name, int type) throws Exception {
    byte[] query = question(0x1234, name, type);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS / 2);
      socket.send(new DatagramPacket(query, query.length, InetAddress.ofLiteral(server), DNS));
      DatagramPacket reply = new DatagramPacket(new byte[1500], 1500);
      socket.receive(reply);
      ByteBuffer in = ByteBuffer.wrap(reply.getData(), 0, reply.getLength());
      String code = "code " + (in.getShort(2) & 15) + " answers " + in.getShort(6);
      if (in.getShort(6) == 0) {
        return code;
      }
      byte[] last = Arrays.copyOfRange(reply.getData(), reply.getLength() - 4, reply.getLength());
      return code + " last " + InetAddress.getByAddress(last).getHostAddress();
    }
  }
}
