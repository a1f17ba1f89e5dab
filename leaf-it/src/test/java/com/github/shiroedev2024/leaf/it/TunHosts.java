package com.github.shiroedev2024.leaf.it;

import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Three hosts, each a network namespace of its own, so that nothing a test does reaches the
 * machine:
 *
 * <pre>
 * client 10.8.0.2 ── 10.8.0.1 leaf 10.9.0.1 ── 10.9.0.2 server 198.51.100.1
 * </pre>
 *
 * and the same with fd08::, fd09:: and 2001:db8:5::1. The leaf host's default route leads to the
 * server host, the client's to the leaf host.
 */
final class TunHosts implements AutoCloseable {
  static final String SERVER = "198.51.100.1";
  static final String SERVER6 = "2001:db8:5::1";

  private final String prefix = "lt" + ProcessHandle.current().pid() % 100_000;
  final String client = prefix + "c";
  final String leaf = prefix + "l";
  final String server = prefix + "s";
  private @Nullable String far;
  private final List<Peer> peers = new ArrayList<>();

  /** Skips the test, loudly, where hosts cannot be made; where CI=true it fails. */
  static TunHosts make() throws Exception {
    PeerProgram.require("ip");
    if (!System.getProperty("user.name", "").equals("root")) {
      throw PeerProgram.missing("network namespaces need root");
    }
    if (!Files.exists(Path.of("/dev/net/tun"))) {
      throw PeerProgram.missing("this machine has no /dev/net/tun");
    }
    TunHosts hosts = new TunHosts();
    try {
      hosts.build();
      return hosts;
    } catch (Exception | AssertionError e) {
      hosts.close();
      throw e;
    }
  }

  private void build() throws Exception {
    for (String host : List.of(client, leaf, server)) {
      run("ip netns add " + host);
      run("ip -n " + host + " link set lo up");
    }
    link(leaf, "right", "10.9.0.1/24", "fd09::1/64", server, "left", "10.9.0.2/24", "fd09::2/64");
    link(client, "right", "10.8.0.2/24", "fd08::2/64", leaf, "left", "10.8.0.1/24", "fd08::1/64");
    run("ip -n " + server + " addr add " + SERVER + "/32 dev lo");
    run("ip -n " + server + " addr add " + SERVER6 + "/128 dev lo nodad");
    run("ip -n " + leaf + " route add default via 10.9.0.2");
    run("ip -n " + leaf + " -6 route add default via fd09::2");
    run("ip -n " + client + " route add default via 10.8.0.1");
    run("ip -n " + client + " -6 route add default via fd08::1");
    in(leaf, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
    in(leaf, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding");
  }

  private static void link(
      String host,
      String device,
      String four,
      String six,
      String other,
      String its,
      String itsFour,
      String itsSix)
      throws Exception {
    run(
        "ip -n "
            + host
            + " link add "
            + device
            + " type veth peer name "
            + its
            + " netns "
            + other);
    run("ip -n " + host + " addr add " + four + " dev " + device);
    run("ip -n " + host + " addr add " + six + " dev " + device + " nodad");
    run("ip -n " + other + " addr add " + itsFour + " dev " + its);
    run("ip -n " + other + " addr add " + itsSix + " dev " + its + " nodad");
    run("ip -n " + host + " link set " + device + " up");
    run("ip -n " + other + " link set " + its + " up");
  }

  /** The server again, behind a link beyond it that takes packets of 1300 bytes only. */
  static final String FAR = "203.0.113.9";

  static final String FAR6 = "2001:db8:6::1";

  /**
   * Makes links narrow that neither Leaf nor the program that talks sits at: the client's own, and
   * one beyond the server, which tells of it by ICMP.
   */
  void narrow() throws Exception {
    far = prefix + "f";
    run("ip netns add " + far);
    run("ip -n " + far + " link set lo up");
    link(far, "near", "10.10.0.2/24", "fd10::2/64", server, "beyond", "10.10.0.1/24", "fd10::1/64");
    run("ip -n " + far + " link set near mtu 1300");
    run("ip -n " + server + " link set beyond mtu 1300");
    run("ip -n " + client + " link set right mtu 1400");
    run("ip -n " + leaf + " link set left mtu 1400");
    run("ip -n " + far + " addr add " + FAR + "/32 dev lo");
    run("ip -n " + far + " addr add " + FAR6 + "/128 dev lo nodad");
    run("ip -n " + far + " route add default via 10.10.0.1");
    run("ip -n " + far + " -6 route add default via fd10::1");
    run("ip -n " + server + " route add " + FAR + " via 10.10.0.2");
    run("ip -n " + server + " -6 route add " + FAR6 + " via fd10::2");
    in(server, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
    in(server, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding");
    start(far, "serve", FAR, FAR6);
  }

  /**
   * Leads what Leaf sends over a wire of the test's own, {@code tun-wire.py}, on which each packet
   * takes another time, so that they overtake each other.
   */
  void slow() throws Exception {
    PeerProgram.require("python3");
    Path script = Path.of(TunHosts.class.getResource("/tun-wire.py").toURI());
    Process process =
        new ProcessBuilder("python3", script.toString(), leaf, server)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Peer wire = new Peer(process);
    peers.add(wire);
    if (!"ready".equals(wire.lines.readLine())) {
      throw new AssertionError("the wire between " + leaf + " and " + server + " did not start");
    }
    run("ip -n " + leaf + " addr add 10.11.0.1/24 dev wire");
    run("ip -n " + leaf + " addr add fd11::1/64 dev wire nodad");
    run("ip -n " + server + " addr add 10.11.0.2/24 dev wire");
    run("ip -n " + server + " addr add fd11::2/64 dev wire nodad");
    run("ip -n " + leaf + " link set wire up");
    run("ip -n " + server + " link set wire up");
    run("ip -n " + leaf + " route replace default via 10.11.0.2");
    run("ip -n " + leaf + " -6 route replace default via fd11::2");
  }

  /** How to run a program on a host. */
  static List<String> on(String host) {
    return List.of("ip", "netns", "exec", host);
  }

  /** Runs a program on a host to its end and answers what it printed. */
  static String in(String host, String... command) throws Exception {
    List<String> line = new ArrayList<>(on(host));
    line.addAll(List.of(command));
    return run(line);
  }

  private static void run(String command) throws Exception {
    run(List.of(command.split(" ", -1)));
  }

  private static String run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(command + " failed: " + output);
    }
    return output;
  }

  /** Has programs on the client and the leaf host ask this server for names. */
  void nameserver(String address) throws IOException {
    for (String host : List.of(client, leaf)) {
      Path folder = Files.createDirectories(etc(host));
      Files.writeString(folder.resolve("resolv.conf"), "nameserver " + address + "\n");
    }
  }

  private static Path etc(String host) {
    return Path.of("/etc/netns", host);
  }

  /** All rules, tables and devices of the leaf host, to be compared. */
  String traces() throws Exception {
    return in(leaf, "ip", "rule")
        + in(leaf, "ip", "-6", "rule")
        + in(
            leaf,
            "sh",
            "-c",
            "(ip route show table all; ip -6 route show table all) | grep 7855 || true")
        + in(leaf, "ip", "-o", "link").replaceAll("(?m)^[0-9]+: ([^:@]*).*$", "$1");
  }

  /** A server of {@link TunPeer}. */
  Peer serve() throws Exception {
    return start(server, "serve", SERVER, SERVER6);
  }

  /** A client of {@link TunPeer} on this host. */
  Peer client(String host) throws Exception {
    return start(host, "client");
  }

  private Peer start(String host, String... arguments) throws Exception {
    List<String> line = new ArrayList<>(on(host));
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
    line.addAll(List.of("-cp", testClasses(), TunPeer.class.getName()));
    line.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Peer peer = new Peer(process);
    peers.add(peer);
    if (!"ready".equals(peer.lines.readLine())) {
      throw new AssertionError("the peer on " + host + " did not start");
    }
    return peer;
  }

  private static String testClasses() {
    return Path.of(TunPeer.class.getProtectionDomain().getCodeSource().getLocation().getPath())
        .toString();
  }

  /** A program on one of the hosts. */
  static final class Peer implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;
    private final BufferedWriter orders;

    private Peer(Process process) {
      this.process = process;
      this.lines = process.inputReader();
      this.orders = process.outputWriter();
    }

    /** Gives an order and waits for its result. */
    synchronized String does(String order) throws IOException {
      orders.write(order + "\n");
      orders.flush();
      return String.valueOf(lines.readLine());
    }

    @Override
    public void close() {
      process.destroy();
    }
  }

  /** Starts Leaf on the leaf host and waits until it runs. */
  LeafProgram leaf(Path config, Path home) throws Exception {
    return leaf(on(leaf), config, home);
  }

  /** The same by another program that becomes Leaf. */
  LeafProgram leaf(List<String> runner, Path config, Path home) throws Exception {
    LeafProgram program =
        LeafProgram.startBy(runner, "run", "-c", config.toString(), "--home", home.toString());
    try {
      Await.until(
          Duration.ofSeconds(60),
          "Leaf runs",
          () -> {
            if (!program.isAlive()) {
              throw new AssertionError("Leaf ended: " + program.output());
            }
            return program.output().contains("Ctrl-C ends Leaf");
          });
      return program;
    } catch (AssertionError e) {
      program.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    peers.forEach(Peer::close);
    try {
      for (Peer peer : peers) {
        peer.process.waitFor(5, TimeUnit.SECONDS);
      }
      List<String> all = new ArrayList<>(List.of(client, leaf, server));
      if (far != null) {
        all.add(far);
      }
      for (String host : all) {
        new ProcessBuilder("ip", "netns", "del", host).start().waitFor();
        Files.deleteIfExists(etc(host).resolve("resolv.conf"));
        Files.deleteIfExists(etc(host));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // whoever interrupts has the hosts' names
    }
  }
}
