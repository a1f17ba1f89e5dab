package com.github.shiroedev2024.leaf.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The far end of a test: a server on one loopback port, TCP and UDP, that behaves as its mode says.
 * It uses plain blocking sockets, so that it shares no code, buffer or fault with what is tested.
 */
public final class EchoServer implements AutoCloseable {
  /** What the server does with a connection or datagram. */
  public sealed interface Mode {
    /** Sends back what comes, as it comes, and ends its side once the client has ended its own. */
    Mode ECHO = new Echo();

    /**
     * Takes all until the client ends, then answers with {@link #sha256} of it as 64 hex digits.
     */
    Mode SINK = new Sink();

    /** Takes all until the client ends (1 MiB at most), and only then sends it back. */
    Mode ECHO_AFTER_END = new EchoAfterEnd();

    /** Accepts, never reads, never answers. */
    Mode SILENT = new Silent();

    /** Resets the connection at the first bytes. */
    Mode RESET = new Reset();

    /** Sends so many bytes of {@link #pattern} as soon as it has accepted, then ends. */
    static Mode source(long bytes, long seed) {
      return new Source(bytes, seed);
    }
  }

  private record Echo() implements Mode {}

  private record Sink() implements Mode {}

  private record EchoAfterEnd() implements Mode {}

  private record Silent() implements Mode {}

  private record Reset() implements Mode {}

  private record Source(long bytes, long seed) implements Mode {}

  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int HELD_BYTES = 1024 * 1024;

  private final Mode mode;
  private final ServerSocket tcp;
  private final DatagramSocket udp;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger datagrams = new AtomicInteger();
  private final AtomicLong received = new AtomicLong();
  private final AtomicInteger ended = new AtomicInteger();

  private EchoServer(Mode mode, ServerSocket tcp, DatagramSocket udp) {
    this.mode = mode;
    this.tcp = tcp;
    this.udp = udp;
  }

  /** A server on 127.0.0.1. */
  public static EchoServer start(Mode mode) {
    return start(mode, InetAddress.ofLiteral("127.0.0.1"));
  }

  /** A server on this local address, the same free port for TCP and UDP. */
  public static EchoServer start(Mode mode, InetAddress address) {
    IOException last = new IOException("no attempt made");
    for (int i = 0; i < 64; i++) {
      try {
        return open(mode, address);
      } catch (IOException e) {
        last = e; // another program holds the UDP port of this number: take another number
      }
    }
    throw new UncheckedIOException("no port is free for both TCP and UDP", last);
  }

  private static EchoServer open(Mode mode, InetAddress address) throws IOException {
    ServerSocket tcp = new ServerSocket();
    try {
      tcp.bind(new InetSocketAddress(address, 0), 1024);
      DatagramSocket udp = new DatagramSocket(new InetSocketAddress(address, tcp.getLocalPort()));
      udp.setReceiveBufferSize(4 * 1024 * 1024);
      EchoServer server = new EchoServer(mode, tcp, udp);
      run("echo-accept", server::accept);
      run("echo-udp", server::datagrams);
      return server;
    } catch (IOException e) {
      tcp.close();
      throw e;
    }
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(tcp.getInetAddress(), tcp.getLocalPort());
  }

  public int port() {
    return tcp.getLocalPort();
  }

  /** TCP connections accepted so far. */
  public int accepted() {
    return accepted.get();
  }

  /** TCP connections that are open now. */
  public int connections() {
    return open.size();
  }

  /** Connections whose client has ended its direction in order. */
  public int ended() {
    return ended.get();
  }

  /** Datagrams received so far. */
  public int datagramsReceived() {
    return datagrams.get();
  }

  /** TCP payload bytes received so far. */
  public long bytesReceived() {
    return received.get();
  }

  /** The bytes a {@link Mode#source} of this seed sends. */
  public static InputStream pattern(long bytes, long seed) {
    return new PatternStream(bytes, seed);
  }

  /** The SHA-256 of a stream as 64 lower-case hex digits. */
  public static String sha256(InputStream in) {
    MessageDigest digest = digest();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (in) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return hex(digest);
  }

  // Platform threads: the pollers of virtual ones stay open and would count as leaked descriptors.
  private static void run(String name, Runnable work) {
    Thread.ofPlatform().daemon().name(name).start(work);
  }

  private void accept() {
    while (!tcp.isClosed()) {
      Socket socket;
      try {
        socket = tcp.accept();
      } catch (IOException e) {
        if (tcp.isClosed()) {
          return;
        }
        throw new UncheckedIOException(e);
      }
      accepted.incrementAndGet();
      open.add(socket);
      run("echo-tcp", () -> serve(socket));
    }
  }

  private void serve(Socket socket) {
    try {
      socket.setTcpNoDelay(true);
      switch (mode) {
        case Echo e -> echo(socket);
        case Sink s -> sink(socket);
        case EchoAfterEnd e -> echoAfterEnd(socket);
        case Silent s -> {
          return; // stays open until this server closes
        }
        case Reset r -> {
          int first = socket.getInputStream().read();
          received.addAndGet(first < 0 ? 0 : 1);
          socket.setSoLinger(true, 0);
        }
        case Source s -> {
          try (InputStream pattern = pattern(s.bytes(), s.seed())) {
            pattern.transferTo(socket.getOutputStream());
          }
          socket.shutdownOutput();
          drain(socket);
        }
      }
    } catch (IOException e) {
      // The client went away: what the test is about shows on its own side.
    } finally {
      if (!(mode instanceof Silent)) {
        close(socket);
      }
    }
  }

  private void echo(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      received.addAndGet(n);
      out.write(buffer, 0, n);
    }
    ended.incrementAndGet();
    socket.shutdownOutput();
  }

  private void sink(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    MessageDigest digest = digest();
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      received.addAndGet(n);
      digest.update(buffer, 0, n);
    }
    ended.incrementAndGet();
    socket.getOutputStream().write(hex(digest).getBytes(StandardCharsets.US_ASCII));
    socket.shutdownOutput();
  }

  private void echoAfterEnd(Socket socket) throws IOException {
    byte[] all = socket.getInputStream().readNBytes(HELD_BYTES);
    received.addAndGet(all.length);
    drain(socket);
    socket.getOutputStream().write(all);
    socket.shutdownOutput();
  }

  private void drain(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      received.addAndGet(n);
    }
    ended.incrementAndGet();
  }

  private void datagrams() {
    byte[] buffer = new byte[65_536];
    while (!udp.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        udp.receive(packet);
        datagrams.incrementAndGet();
        if (mode instanceof Echo) {
          udp.send(packet);
        }
      } catch (IOException e) {
        if (udp.isClosed()) {
          return;
        }
        // An ICMP error of an earlier answer: the next datagram may be fine.
      }
    }
  }

  private void close(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes the port and every connection. */
  @Override
  public void close() {
    udp.close();
    try {
      tcp.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(this::close);
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** A linear congruential generator, one byte a step: fast, and the same however it is read. */
  private static final class PatternStream extends InputStream {
    private static final long FACTOR = 6_364_136_223_846_793_005L;
    private static final long STEP = 1_442_695_040_888_963_407L;

    private long state;
    private long left;

    PatternStream(long bytes, long seed) {
      this.state = seed;
      this.left = bytes;
    }

    private byte next() {
      state = state * FACTOR + STEP;
      return (byte) (state >>> 56);
    }

    @Override
    public int read() {
      if (left == 0) {
        return -1;
      }
      left--;
      return next() & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (left == 0) {
        return -1;
      }
      int n = (int) Math.min(length, left);
      for (int i = 0; i < n; i++) {
        into[offset + i] = next();
      }
      left -= n;
      return n;
    }
  }
}
