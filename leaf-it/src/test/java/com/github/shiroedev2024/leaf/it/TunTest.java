package com.github.shiroedev2024.leaf.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.it.TunHosts.Peer;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A TUN device on hosts of the test's own, with Leaf as a process and clients that know nothing.
 */
@Tag("slow")
class TunTest {
  private static final String SERVER = TunHosts.SERVER;
  private static final String SERVER6 = TunHosts.SERVER6;
  private static final String RELOADED = "leaf.runtime reloaded:";

  @TempDir Path folder;
  private TunHosts hosts;
  private @Nullable LeafProgram program;

  @BeforeEach
  void makeHosts() throws Exception {
    hosts = TunHosts.make();
    hosts.serve();
  }

  @AfterEach
  void removeHosts() throws Exception {
    LeafProgram last = program;
    if (last != null) {
      last.close();
    }
    hosts.close();
  }

  private Path config(String general) throws Exception {
    Path file = folder.resolve("leaf.conf");
    Files.writeString(
        file, "[General]\n" + general + "\n[Proxy]\ndirect = direct\nother = direct\n");
    return file;
  }

  private void start(String general) throws Exception {
    program = hosts.leaf(config(general), folder.resolve("home"));
  }

  private LeafProgram leaf() {
    return Objects.requireNonNull(program);
  }

  private int reloads() {
    return leaf().output().split(RELOADED, -1).length - 1;
  }

  private void reload() throws Exception {
    int before = reloads();
    leaf().signal("HUP");
    Await.until("a reload", () -> reloads() > before);
  }

  @Test
  void carriesWhatThisAndOtherHostsSend() throws Exception {
    start("tun = auto\nenable-ipv6 = true");
    for (String host : List.of(hosts.leaf, hosts.client)) {
      Peer client = hosts.client(host);
      for (String address : List.of(SERVER, SERVER6)) {
        assertThat(client.does("echo " + address + " 3000000")).isEqualTo("ok");
        for (int size : new int[] {1, 1400, 1453, 1472, 1473, 9000, 65507}) {
          assertThat(client.does("udp " + address + " " + size))
              .as("%d bytes", size)
              .isEqualTo("ok");
        }
        assertThat(client.does("cone " + address)).isEqualTo("ok");
        assertThat(client.does("connect " + address + " 81")).contains("reset");
        assertThat(TunHosts.in(host, "ping", "-c", "2", "-s", "3000", "-W", "5", address))
            .contains("2 received");
      }
      assertThat(client.does("connect 192.168.233.77 80")).contains("refused");
    }
    String sessions = leaf().output();
    assertThat(sessions)
        .contains("inbound=tun source=192.168.233.2:")
        .contains("inbound=tun source=10.8.0.2:")
        .contains("inbound=tun source=fd08:0:0:0:0:0:0:2:")
        .contains("destination=" + SERVER + ":7 ")
        .contains("destination=[" + SERVER6 + "]:7 ")
        .contains("reason=\"connection refused\"")
        .doesNotContain("lost to a fault");
  }

  @Test
  void manyDatagramsOfOneSocket() throws Exception {
    start("tun = auto\nenable-ipv6 = true");
    for (String host : List.of(hosts.leaf, hosts.client)) {
      Peer client = hosts.client(host);
      for (String address : List.of(SERVER, SERVER6)) {
        assertThat(client.does("stream " + address + " 3200")).isEqualTo("ok");
        assertThat(client.does("udp " + address + " 0")).isEqualTo("ok");
      }
    }
    assertThat(leaf().output()).doesNotContain("lost to a fault");
  }

  @Test
  void packetsOfAnyLength() throws Exception {
    for (int mtu : new int[] {65_535, 9_001, 1_280}) {
      start(
          "tun = utun233, 192.168.233.2, 255.255.255.0, 192.168.233.1, "
              + mtu
              + "\nauto-route = true\nenable-ipv6 = true");
      assertThat(TunHosts.in(hosts.leaf, "ip", "-o", "link", "show", "utun233"))
          .contains("mtu " + mtu + " ");
      for (String host : List.of(hosts.leaf, hosts.client)) {
        Peer client = hosts.client(host);
        for (String address : List.of(SERVER, SERVER6)) {
          assertThat(client.does("echo " + address + " 1000000")).as("mtu %d", mtu).isEqualTo("ok");
          for (int size : new int[] {0, 1232, 1453, 8953, 8954, 65_507}) {
            assertThat(client.does("udp-again " + address + " " + size))
                .as("%d bytes from %s to %s, mtu %d", size, host, address, mtu)
                .isEqualTo("ok");
          }
          for (String size : List.of("0", "1400", "9000", "65507")) {
            assertThat(TunHosts.in(host, "ping", "-c", "1", "-s", size, "-W", "5", address))
                .contains("1 received");
          }
        }
      }
      leaf().signal("TERM");
      Await.until(Duration.ofSeconds(20), "it is gone", () -> !leaf().isAlive());
      leaf().close();
    }
  }

  @Test
  void narrowLinksBeforeAndBehind() throws Exception {
    hosts.narrow();
    start("tun = auto\nenable-ipv6 = true");
    for (String host : List.of(hosts.leaf, hosts.client)) {
      Peer client = hosts.client(host);
      for (String address : List.of(TunHosts.FAR, SERVER, SERVER6)) {
        assertThat(client.does("echo " + address + " 1000000")).isEqualTo("ok");
        for (int size : new int[] {1200, 1380, 1452, 5000}) {
          assertThat(client.does("udp-again " + address + " " + size))
              .as("%d bytes from %s to %s", size, host, address)
              .isEqualTo("ok");
        }
      }
      assertThat(client.does("download " + SERVER6 + " 3000000")).isEqualTo("ok");
      assertThat(client.does("download " + SERVER + " 3000000")).isEqualTo("ok");
    }
    // Once only: docs/protocols/tun.md says what becomes of the next one.
    assertThat(hosts.client(hosts.client).does("echo " + TunHosts.FAR6 + " 1000000"))
        .isEqualTo("ok");
  }

  @Test
  void packetsThatAreLateAndOvertakeEachOther() throws Exception {
    hosts.slow();
    start("tun = auto\nenable-ipv6 = true");
    for (String host : List.of(hosts.leaf, hosts.client)) {
      Peer client = hosts.client(host);
      for (String address : List.of(SERVER, SERVER6)) {
        assertThat(client.does("echo " + address + " 500000")).isEqualTo("ok");
        assertThat(client.does("download " + address + " 1000000")).isEqualTo("ok");
        for (int size : new int[] {1, 1452, 1473, 9000, 40_000}) {
          assertThat(client.does("udp-again " + address + " " + size)).isEqualTo("ok");
        }
        assertThat(client.does("stream " + address + " 640")).isEqualTo("ok");
        assertThat(client.does("cone " + address)).isEqualTo("ok");
      }
      assertThat(client.does("short " + SERVER + " 100")).isEqualTo("ok");
    }
  }

  @Test
  void answersForNamesOnlyWhatItKnows() throws Exception {
    start("tun = auto\ndns-hijack = true\ndns-server = " + SERVER);
    Peer client = hosts.client(hosts.leaf);
    // Nobody answers at the first address: it is Leaf that does.
    for (String server : List.of("198.51.100.99", SERVER, "10.9.0.2")) {
      assertThat(client.does("dns " + server + " www.example.org 1"))
          .isEqualTo("code 0 answers 1 last 203.0.113.80");
    }
    assertThat(client.does("dns 198.51.100.99 no.example.org 1")).isEqualTo("code 3 answers 0");
    assertThat(client.does("dns 198.51.100.99 www.example.org 28")).isEqualTo("code 0 answers 0");
    // Other kinds go on to the server that was asked.
    assertThat(client.does("dns " + SERVER + " www.example.org 16")).isEqualTo("code 0 answers 0");
  }

  /** Programs that know of no proxy reach addresses; rules decide by the names they tell. */
  @Test
  void rulesSeeNamesThatAreLearntOnTheWay() throws Exception {
    PeerProgram.require("openssl");
    PeerProgram.require("curl");
    String name = "www.sniffed.example";
    Path key = folder.resolve("key.pem");
    Path certificate = folder.resolve("certificate.pem");
    TunHosts.in(
        hosts.server,
        ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj"
                + " /CN=a.example -keyout "
                + key
                + " -out "
                + certificate)
            .split(" ", -1));
    Path file = folder.resolve("leaf.conf");
    Files.writeString(
        file,
        "[General]\ntun = auto\ntls-domain-sniffing = true\ndns-domain-sniffing = true\n"
            + "[Proxy]\ndirect = direct\nother = direct\nnowhere = drop\n[Rule]\n"
            + "DOMAIN,"
            + name
            + ",other\nDOMAIN-SUFFIX,example.org,nowhere\nFINAL,direct\n");
    try (PeerProgram web =
        PeerProgram.start(
            command(
                hosts.server,
                ("openssl s_server -www -accept 443 -key " + key + " -cert " + certificate)
                    .split(" ", -1)))) {
      program = hosts.leaf(file, folder.resolve("home"));
      for (String host : List.of(hosts.leaf, hosts.client)) {
        for (String called : List.of(name, "www.plain.example")) {
          String page =
              TunHosts.in(
                  host,
                  "curl",
                  "-sk",
                  "--max-time",
                  "20",
                  "--retry",
                  "5",
                  "--retry-connrefused",
                  "--resolve",
                  called + ":443:" + SERVER,
                  "https://" + called + "/");
          assertThat(page).as(web.output()).contains("s_server");
        }
      }
      // What a DNS server said, of an address that nobody has.
      Peer client = hosts.client(hosts.client);
      assertThat(client.does("dns " + SERVER + " www.example.org 1")).endsWith("203.0.113.80");
      assertThat(client.does("connect 203.0.113.80 7")).contains("reset");
      String recent =
          TunHosts.in(
              hosts.leaf, "curl", "-s", "http://127.0.0.1:10001/api/v1/runtime/stat/recent/json");
      List<String> seen = new ArrayList<>();
      for (JsonElement each : JsonParser.parseString(recent).getAsJsonArray()) {
        JsonObject session = each.getAsJsonObject();
        if (session.get("network").getAsString().equals("tcp")) {
          seen.add(
              session.get("destination").getAsString()
                  + " "
                  + session.get("tls_sniffed_domain")
                  + " "
                  + session.get("dns_sniffed_domain")
                  + " "
                  + session.get("outbound_tag").getAsString());
        }
      }
      assertThat(seen)
          .contains(
              SERVER + ":443 \"" + name + "\" null other",
              SERVER + ":443 \"www.plain.example\" null direct",
              "203.0.113.80:7 null \"www.example.org\" nowhere");
    }
  }

  @Test
  void tenThousandShortConnections() throws Exception {
    start("tun = auto\nloglevel = warn");
    Peer client = hosts.client(hosts.leaf);
    assertThat(client.does("short " + SERVER + " 10000")).isEqualTo("ok");
    assertThat(client.does("echo " + SERVER + " 1000000")).isEqualTo("ok");
  }

  @Test
  void reloadsUnderTrafficLoseNothing() throws Exception {
    PeerProgram.require("iperf3");
    start("tun = auto");
    Peer client = hosts.client(hosts.leaf);
    Process measured =
        new ProcessBuilder(command(hosts.server, "iperf3", "-s", "-1"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (ExecutorService others = Executors.newCachedThreadPool()) {
      Future<String> download =
          others.submit(() -> client.does("download " + SERVER + " 400000000"));
      Future<String> load =
          others.submit(() -> TunHosts.in(hosts.leaf, "iperf3", "-c", SERVER, "-t", "8"));
      String before = hosts.traces();
      int count = 0;
      while (!load.isDone()) {
        config("tun = auto\ndns-cache-size = " + (600 + ++count % 2));
        reload();
        new java.util.concurrent.CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
      }
      assertThat(count).isGreaterThan(5);
      assertThat(download.get(120, TimeUnit.SECONDS)).isEqualTo("ok");
      assertThat(load.get()).contains("receiver").doesNotContain("error");
      assertThat(hosts.traces()).isEqualTo(before);
      assertThat(leaf().output()).doesNotContain("device utun233 is closed");
    } finally {
      measured.destroy();
    }
  }

  @Test
  void lostPacketsAreSentAgain() throws Exception {
    PeerProgram.require("iptables");
    start("tun = auto");
    for (String host : List.of(hosts.server, hosts.leaf)) {
      TunHosts.in(
          host,
          "iptables",
          "-A",
          "INPUT",
          "-p",
          "tcp",
          "-m",
          "statistic",
          "--mode",
          "random",
          "--probability",
          "0.02",
          "-j",
          "DROP");
    }
    Peer client = hosts.client(hosts.leaf);
    assertThat(client.does("download " + SERVER + " 5000000")).isEqualTo("ok");
    assertThat(client.does("echo " + SERVER + " 2000000")).isEqualTo("ok");
  }

  @Test
  void nothingGetsOutBesideADeviceThatIsExchanged() throws Exception {
    PeerProgram.require("nft");
    start("tun = auto");
    TunHosts.in(hosts.leaf, "nft", "add table inet leak");
    TunHosts.in(
        hosts.leaf,
        "nft",
        "add chain inet leak out { type filter hook output priority 0; policy accept; }");
    for (String what : List.of("ip daddr 198.51.100.0/24", "ip6 daddr 2001:db8::/32")) {
      TunHosts.in(
          hosts.leaf,
          "nft",
          "add rule inet leak out oifname right meta mark != 7855 " + what + " counter");
    }
    Peer client = hosts.client(hosts.leaf);
    try (ExecutorService others = Executors.newCachedThreadPool()) {
      Future<Integer> connecting =
          others.submit(
              () -> {
                int good = 0;
                while (!Thread.currentThread().isInterrupted() && good < 2000) {
                  good += client.does("echo " + SERVER + " 100").equals("ok") ? 1 : 0;
                  client.does("connect " + SERVER6 + " 7");
                }
                return good;
              });
      for (int i = 0; i < 6; i++) {
        config(
            "tun = utun233, 192.168."
                + (234 + i % 2)
                + ".2, 24, 192.168."
                + (234 + i % 2)
                + ".1, "
                + (1500 + i * 100)
                + "\nauto-route = true");
        reload();
        assertThat(client.does("echo " + SERVER + " 100")).isIn("ok", "got 0 other bytes");
      }
      connecting.cancel(true);
    }
    assertThat(client.does("echo " + SERVER + " 100000")).isEqualTo("ok");
    // What was begun on the first device, two addresses ago, is not let out either.
    assertThat(TunHosts.in(hosts.leaf, "ip", "rule"))
        .contains("from 192.168.233.2 iif lo lookup 7855");
    assertThat(TunHosts.in(hosts.leaf, "nft", "list", "table", "inet", "leak"))
        .contains("counter packets 0 bytes 0")
        .doesNotContainPattern("packets [1-9]");
    assertThat(TunHosts.in(hosts.leaf, "ip", "-o", "link"))
        .contains("utun233")
        .doesNotContain("leaf-");
  }

  private long downloads() {
    try {
      return TunHosts.in(hosts.server, "ss", "-Htn", "state", "established", "sport", "=", ":9")
          .lines()
          .count();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void noTraceStaysBehind() throws Exception {
    PeerProgram.require("ss");
    String before = hosts.traces();
    start("tun = auto");
    String during = hosts.traces();
    assertThat(during).contains("utun233").contains("lookup 7855");
    // Killed with all its queues in use.
    try (ExecutorService others = Executors.newCachedThreadPool()) {
      List<Future<String>> talks = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Peer busy = hosts.client(i % 2 == 0 ? hosts.leaf : hosts.client);
        talks.add(others.submit(() -> busy.does("download " + SERVER + " 20000000000")));
      }
      Await.until("all download", () -> downloads() >= 4);
      leaf().signal("KILL");
      Await.until("it is gone", () -> !leaf().isAlive());
      leaf().close();
      for (Future<String> talk : talks) {
        assertThat(talk.get(60, TimeUnit.SECONDS)).isNotEqualTo("ok");
      }
    }
    start("tun = auto\nenable-ipv6 = true");
    assertThat(TunHosts.in(hosts.leaf, "ip", "rule")).containsOnlyOnce("fwmark");
    Peer client = hosts.client(hosts.leaf);
    assertThat(client.does("echo " + SERVER + " 100000")).isEqualTo("ok");
    leaf().signal("TERM");
    Await.until(Duration.ofSeconds(20), "it is gone", () -> !leaf().isAlive());
    assertThat(hosts.traces()).isEqualTo(before);
  }

  @Test
  void withIpv6OffNoneGetsOut() throws Exception {
    start("tun = auto");
    Peer client = hosts.client(hosts.leaf);
    assertThat(client.does("connect " + SERVER6 + " 7")).containsIgnoringCase("unreachable");
    assertThat(client.does("echo " + SERVER + " 1000")).isEqualTo("ok");
    Peer behind = hosts.client(hosts.client);
    assertThat(behind.does("connect " + SERVER6 + " 7")).containsIgnoringCase("unreachable");
  }

  /** Another program opens the device and becomes Leaf, as a service manager would have it. */
  @Test
  void aDeviceThatIsHandedIn() throws Exception {
    PeerProgram.require("python3");
    Path file = config("tun-fd = 9\nmark = 7855");
    String opens =
        "import fcntl, os, struct, sys\n"
            + "fd = os.open('/dev/net/tun', os.O_RDWR)\n"
            + "fcntl.ioctl(fd, 0x400454ca, struct.pack('16sH22x', b'given0', int(sys.argv[1],"
            + " 16)))\n"
            + "os.dup2(fd, 9)\n"
            + "os.system('ip addr add 10.77.0.5/24 dev given0; ip link set given0 up')\n"
            + "os.system('ip route replace default dev given0 table 99')\n"
            + "os.system('ip rule add pref 100 not fwmark 7855 to 198.51.100.0/24 table 99')\n"
            + "os.execvp(sys.argv[2], sys.argv[2:])\n";
    for (String flags : List.of("1001", "5001")) {
      List<String> runner = new ArrayList<>(TunHosts.on(hosts.leaf));
      runner.addAll(List.of("python3", "-c", opens, flags));
      program = hosts.leaf(runner, file, folder.resolve("home" + flags));
      Peer client = hosts.client(hosts.leaf);
      assertThat(client.does("echo " + SERVER + " 300000")).isEqualTo("ok");
      assertThat(client.does("udp " + SERVER + " 1200")).isEqualTo("ok");
      assertThat(leaf().output()).contains("inbound=tun source=10.77.0.5:");
      leaf().signal("TERM");
      Await.until(Duration.ofSeconds(20), "it is gone", () -> !leaf().isAlive());
    }
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    PeerProgram.require("setpriv");
    Path file = config("tun = auto");
    List<String> runner = new ArrayList<>(TunHosts.on(hosts.leaf));
    runner.addAll(List.of("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"));
    String home = folder.resolve("other").toString();
    try (LeafProgram refused =
        LeafProgram.startBy(runner, "run", "-c", file.toString(), "--home", home)) {
      LeafProgram.Ended ended = refused.end();
      assertThat(ended.code()).isNotZero();
      assertThat(ended.output())
          .contains("inbound 'tun'")
          .contains("CAP_NET_ADMIN")
          .contains("setcap");
    }
    TunHosts.in(hosts.leaf, "ip", "tuntap", "add", "dev", "utun233", "mode", "tun");
    try (LeafProgram refused =
        LeafProgram.startBy(
            TunHosts.on(hosts.leaf), "run", "-c", file.toString(), "--home", home)) {
      assertThat(refused.end().output()).contains("there is an interface 'utun233' already");
    }
  }

  private static List<String> command(String host, String... words) {
    List<String> line = new ArrayList<>(TunHosts.on(host));
    line.addAll(List.of(words));
    return line;
  }
}
