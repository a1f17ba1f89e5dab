package com.github.shiroedev2024.leaf.core;

import com.github.shiroedev2024.leaf.core.cli.Cli;
import com.github.shiroedev2024.leaf.core.cli.Console;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs Leaf for a few seconds as people do, for the JVM to write down what it loaded and how that
 * ran (an AOT cache, JEP 514 and 515). The launcher starts it after a build; traffic stays on the
 * loopback interface, files in a temporary folder. Exits with 0 when all went as it should, else
 * with 1 and the reason.
 */
public final class Rehearsal {
  /** Connections through the proxy: enough for what each of them runs to be compiled. */
  private static final int CONNECTIONS = 6000;

  private static final int CLIENTS = 4;

  /** A slow machine learns less instead of taking longer. */
  private static final Duration ENOUGH = Duration.ofSeconds(10);

  private static final Duration TOO_LONG = Duration.ofSeconds(90);

  /** Bytes of one large stream, which is spliced where that can be. */
  private static final int LARGE = 32 << 20;

  private final Path home;
  private final ExecutorService threads = Executors.newCachedThreadPool(Rehearsal::daemon);

  private Rehearsal(Path home) {
    this.home = home;
  }

  public static void main(String[] arguments) throws IOException {
    Executors.newSingleThreadScheduledExecutor(Rehearsal::daemon)
        .schedule(
            () -> {
              System.err.println("the rehearsal does not end: " + Thread.getAllStackTraces());
              Runtime.getRuntime().halt(1);
            },
            TOO_LONG.toSeconds(),
            TimeUnit.SECONDS);
    Path home = Files.createTempDirectory("leaf-rehearsal");
    try {
      Class.forName(Main.class.getName()); // which people start
      new Rehearsal(home).play();
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1);
    } finally {
      LeafRuntimes.delete(home);
    }
    System.exit(0);
  }

  private static Thread daemon(Runnable task) {
    return Thread.ofPlatform().daemon().unstarted(task);
  }

  private void play() throws Exception {
    try (ServerSocket echo = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress())) {
      threads.submit(() -> echoAll(echo));
      Path file = home.resolve("rehearsal.conf");
      Files.writeString(file, configuration());
      StringWriter output = new StringWriter();
      String api = Integer.toString(freePort());
      List<String> run = List.of("run", "--config", file.toString(), "--api-port", api);
      Future<Integer> running = threads.submit(() -> cli(output, run));
      Map<String, InetSocketAddress> listeners = listeners(running, output);
      InetSocketAddress socks = at(listeners, "mixed");
      InetSocketAddress target = (InetSocketAddress) echo.getLocalSocketAddress();
      List<Future<?>> clients = new ArrayList<>();
      long end = System.nanoTime() + ENOUGH.toNanos();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(
            threads.submit(
                () -> {
                  connections(socks, target, end);
                  return null;
                }));
      }
      for (Future<?> client : clients) {
        client.get();
      }
      large(socks, target);
      for (List<String> command :
          List.of(
              List.of("status"),
              List.of("reload"),
              List.of("ctl", "outbounds", "--api-port", api),
              List.of("ctl", "stat", "--api-port", api),
              List.of("core", "status"),
              List.of("core", "stop"))) {
        succeed(command);
      }
      running.get();
    }
  }

  /** The API wants a fixed port; who takes it in between fails the rehearsal, which is told. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** What most people run: one port, some rules, a group in front of the node. */
  private static String configuration() {
    return """
    [General]
    mixed-interface = 127.0.0.1
    mixed-port = 0
    memory-logger = true
    [Proxy]
    direct = direct
    reject = reject
    [Proxy Group]
    OUT = select, direct, reject
    [Rule]
    DOMAIN-SUFFIX, blocked.invalid, reject
    IP-CIDR, 192.0.2.0/24, reject
    FINAL, OUT
    """;
  }

  private int cli(StringWriter output, List<String> arguments) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("--home", home.toString()));
    PrintWriter writer = new PrintWriter(output, true);
    return Cli.run(
        new Console(writer, writer, Map.of()), new LeafRuntimes(), all.toArray(new String[0]));
  }

  private void succeed(List<String> command) throws IOException {
    StringWriter output = new StringWriter();
    int code = cli(output, command);
    if (code != 0) {
      throw new IOException(command + " ended with " + code + ": " + output);
    }
  }

  /** Waits until it runs; then where it listens, by type. */
  private Map<String, InetSocketAddress> listeners(Future<Integer> running, StringWriter output)
      throws IOException, InterruptedException, ExecutionException {
    StringWriter status = new StringWriter();
    while (cli(status, List.of("status", "--json")) != 0) {
      if (running.isDone()) {
        throw new IOException("it ended with " + running.get() + ": " + output);
      }
      status.getBuffer().setLength(0);
      TimeUnit.MILLISECONDS.sleep(50);
    }
    Map<String, InetSocketAddress> places = new HashMap<>();
    JsonObject leaf = JsonParser.parseString(status.toString()).getAsJsonObject();
    for (JsonElement one : leaf.getAsJsonObject("leaf").getAsJsonArray("listeners")) {
      JsonObject listener = one.getAsJsonObject();
      String address = listener.get("address").getAsString();
      int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
      places.put(
          listener.get("type").getAsString(),
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }
    return places;
  }

  private static InetSocketAddress at(Map<String, InetSocketAddress> listeners, String type)
      throws IOException {
    InetSocketAddress at = listeners.get(type);
    if (at == null) {
      throw new IOException("no listener of type " + type + " in " + listeners);
    }
    return at;
  }

  private static void connections(InetSocketAddress proxy, InetSocketAddress target, long end)
      throws IOException {
    for (int i = 0; i < CONNECTIONS / CLIENTS && System.nanoTime() < end; i++) {
      try (Socket socket = i % 8 == 0 ? http(proxy, target) : socks(proxy, target)) {
        socket.getOutputStream().write(i);
        if (socket.getInputStream().read() != (i & 0xff)) {
          throw new IOException("the echo is wrong");
        }
      }
    }
  }

  private void large(InetSocketAddress proxy, InetSocketAddress target) throws Exception {
    try (Socket socket = socks(proxy, target)) {
      Future<?> sending =
          threads.submit(
              () -> {
                byte[] part = new byte[1 << 16];
                OutputStream out = socket.getOutputStream();
                for (int sent = 0; sent < LARGE; sent += part.length) {
                  out.write(part);
                }
                socket.shutdownOutput();
                return null;
              });
      socket.getInputStream().skipNBytes(LARGE);
      sending.get();
    }
  }

  /** RFC 1928, without a login. */
  private static Socket socks(InetSocketAddress proxy, InetSocketAddress target)
      throws IOException {
    Socket socket = new Socket(proxy.getAddress(), proxy.getPort());
    socket.setTcpNoDelay(true);
    DataInputStream in = new DataInputStream(socket.getInputStream());
    OutputStream out = socket.getOutputStream();
    out.write(new byte[] {5, 1, 0});
    in.skipNBytes(2);
    out.write(
        ByteBuffer.allocate(10)
            .put(new byte[] {5, 1, 0, 1})
            .put(target.getAddress().getAddress())
            .putShort((short) target.getPort())
            .array());
    byte[] reply = in.readNBytes(10);
    if (reply.length < 10 || reply[1] != 0) {
      throw new IOException("SOCKS refused the connection");
    }
    return socket;
  }

  private static Socket http(InetSocketAddress proxy, InetSocketAddress target) throws IOException {
    Socket socket = new Socket(proxy.getAddress(), proxy.getPort());
    socket.setTcpNoDelay(true);
    String authority = target.getAddress().getHostAddress() + ":" + target.getPort();
    socket
        .getOutputStream()
        .write(
            ("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    DataInputStream in = new DataInputStream(socket.getInputStream());
    for (int lastFour = 0; lastFour != 0x0d0a0d0a; ) {
      lastFour = lastFour << 8 | in.readUnsignedByte();
    }
    return socket;
  }

  private @Nullable Void echoAll(ServerSocket server) throws IOException {
    while (true) {
      Socket client = server.accept(); // until the server is closed
      threads.submit(() -> echo(client));
    }
  }

  private static @Nullable Void echo(Socket client) throws IOException {
    try (client) {
      client.setTcpNoDelay(true);
      client.getInputStream().transferTo(client.getOutputStream());
    }
    return null;
  }
}
