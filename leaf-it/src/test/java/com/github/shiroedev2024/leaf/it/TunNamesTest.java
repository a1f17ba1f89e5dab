package com.github.shiroedev2024.leaf.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.it.TunHosts.Peer;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs that know nothing of Leaf reach names by fake addresses: curl, dig, ping and iperf3. The
 * DNS server that they are told of is an address where nobody is.
 */
@Tag("slow")
class TunNamesTest {
  private static final String SERVER = TunHosts.SERVER;
  private static final String NOBODY = "198.51.100.99";
  private static final String FAKE = "198.18.";
  private static final String STAT = "http://127.0.0.1:10001/api/v1/runtime/stat/json";
  private static final String RELOADED = "leaf.runtime reloaded:";

  @TempDir Path folder;
  private TunHosts hosts;
  private final List<LeafProgram> programs = new ArrayList<>();
  private final List<Process> others = new ArrayList<>();
  private @Nullable LeafProgram program;

  @BeforeEach
  void makeHosts() throws Exception {
    for (String name : List.of("curl", "dig", "ping", "iperf3")) {
      PeerProgram.require(name);
    }
    hosts = TunHosts.make();
    hosts.serve();
    hosts.nameserver(NOBODY);
  }

  @AfterEach
  void removeHosts() throws Exception {
    for (Process other : others) {
      other.destroy();
      other.waitFor(5, TimeUnit.SECONDS);
    }
    for (LeafProgram one : programs) {
      one.close();
    }
    hosts.close();
  }

  private Path config(String general, String rest) throws Exception {
    Path file = folder.resolve("leaf.conf");
    Files.writeString(
        file, "[General]\ntun = auto\n" + general + "\n[Proxy]\ndirect = direct\n" + rest + "\n");
    return file;
  }

  private LeafProgram start(String general, String rest) throws Exception {
    LeafProgram started = hosts.leaf(config(general, rest), folder.resolve("home"));
    programs.add(started);
    program = started;
    return started;
  }

  private LeafProgram leaf() {
    return Objects.requireNonNull(program);
  }

  private void reload() throws Exception {
    int before = leaf().output().split(RELOADED, -1).length;
    leaf().signal("HUP");
    Await.until("a reload", () -> leaf().output().split(RELOADED, -1).length > before);
  }

  /** A program that goes on by itself. */
  private Process begin(String host, String... words) throws Exception {
    List<String> line = new ArrayList<>(TunHosts.on(host));
    line.addAll(List.of(words));
    Process process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    others.add(process);
    return process;
  }

  private void measuring() throws Exception {
    begin(hosts.server, "iperf3", "-s", "-B", SERVER);
  }

  private static String dig(String host, String... words) throws Exception {
    List<String> line = new ArrayList<>(List.of("dig", "+short", "+tries=1", "+time=5"));
    line.addAll(List.of(words));
    return TunHosts.in(host, line.toArray(String[]::new)).trim();
  }

  private static String sum(long bytes) throws Exception {
    MessageDigest sum = MessageDigest.getInstance("SHA-256");
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), sum)) {
      TunPeer.bytes(bytes, out);
    }
    return HexFormat.of().formatHex(sum.digest());
  }

  private static String sum(Path file) throws Exception {
    MessageDigest sum = MessageDigest.getInstance("SHA-256");
    try (var in = new DigestInputStream(Files.newInputStream(file), sum)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(sum.digest());
  }

  private void fetches(String host, String url, long bytes) throws Exception {
    Path file = folder.resolve("fetched");
    TunHosts.in(host, "curl", "-sS", "-m", "60", "-o", file.toString(), url + "/" + bytes);
    assertThat(sum(file)).isEqualTo(sum(bytes));
  }

  private String sessions() {
    try {
      return TunHosts.in(hosts.leaf, "curl", "-s", STAT);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void showsIn(String network, String destination, String outbound) {
    Await.until(
        Duration.ofSeconds(20),
        network + " to " + destination + " is shown",
        () -> {
          for (String one : sessions().split("\\},\\{\"id", -1)) {
            if (one.contains("\"network\":\"" + network + "\"")
                && one.contains("\"destination\":\"" + destination + "\"")
                && one.contains("\"outbound_tag\":\"" + outbound + "\"")) {
              return true;
            }
          }
          return false;
        });
  }

  /** curl, ping and iperf3 over both protocols, each shown with its name. */
  private void programsReach(String host, String name, String outbound) throws Exception {
    fetches(host, "http://" + name, 3_000_000);
    assertThat(TunHosts.in(host, "ping", "-c", "2", "-i", "0.2", "-W", "5", name))
        .contains("PING " + name + " (" + FAKE)
        .contains("2 received");
    Process slow =
        begin(
            host,
            "curl",
            "-s",
            "--limit-rate",
            "1M",
            "-o",
            "/dev/null",
            "http://" + name + "/30000000");
    showsIn("tcp", name + ":80", outbound);
    slow.destroy();
    Process tcp = begin(host, "iperf3", "-c", name, "-t", "2");
    showsIn("tcp", name + ":5201", outbound);
    assertThat(tcp.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(tcp.exitValue()).isZero();
    assertThat(TunHosts.in(host, "iperf3", "-u", "-b", "2M", "-c", name, "-t", "1", "-R"))
        .contains("receiver");
    showsIn("udp", name + ":5201", outbound);
  }

  @Test
  void programsReachNamesDirectly() throws Exception {
    measuring();
    start("always-fake-ip = Example.org\ndns-server = " + SERVER, "");
    for (String host : List.of(hosts.leaf, hosts.client)) {
      String fake = dig(host, "here.example.org");
      assertThat(fake).startsWith(FAKE);
      assertThat(dig(host, "+tcp", "HERE.example.org.")).isEqualTo(fake);
      assertThat(dig(host, "-x", fake)).isEqualTo("here.example.org.");
      assertThat(dig(host, "AAAA", "here.example.org")).isEmpty();
      assertThat(dig(host, "HTTPS", "here.example.org")).isEmpty();
      assertThat(dig(host, "www.example.net")).isEqualTo("203.0.113.80");
      // A kind that is not answered here goes to the server, which may itself be a name.
      assertThat(TunHosts.in(host, "dig", "TXT", "here.example.org", "@here.dns.example.org"))
          .contains("status: NOERROR")
          .contains(FAKE);
      showsIn("udp", "here.dns.example.org:53", "direct");
      programsReach(host, "here.example.org", "direct");
    }
    assertThat(leaf().output())
        .contains("destination=here.example.org:80 ")
        .doesNotContain("destination=" + FAKE)
        .doesNotContain("lost to a fault");
  }

  /** Only the far side can look the name up: on this one nobody answers. */
  @ParameterizedTest
  @ValueSource(strings = {"ss", "trojan"})
  void programsReachNamesThroughAProxy(String kind) throws Exception {
    measuring();
    Path far = folder.resolve("far.json");
    Files.writeString(
        far,
        """
        {"dns": {"servers": ["198.51.100.1"]},
         "inbounds": [
          {"tag": "ss", "protocol": "shadowsocks", "address": "10.9.0.2", "port": 8388,
           "settings": {"method": "aes-128-gcm", "password": "secret"}},
          {"tag": "trojan", "protocol": "trojan", "address": "10.9.0.2", "port": 8389,
           "settings": {"passwords": ["secret"]}}],
         "outbounds": [{"tag": "direct", "protocol": "direct"}]}
        """);
    programs.add(hosts.leaf(TunHosts.on(hosts.server), far, folder.resolve("far")));
    start(
        "always-real-ip = example.net\ndns-server = " + NOBODY,
        "ss = ss, 10.9.0.2, 8388, aes-128-gcm, secret\n"
            + "trojan = trojan, 10.9.0.2, 8389, secret, tls=false\n"
            + "[Rule]\nDOMAIN-SUFFIX,example.org,"
            + kind);
    programsReach(hosts.leaf, "here.example.org", kind);
    programsReach(hosts.client, "here.too.example.org", kind);
    assertThat(leaf().output()).doesNotContain("destination=" + FAKE);
  }

  @Test
  void reloadsKeepTheNamesAndChangeWhichGetOne() throws Exception {
    start("always-fake-ip = example.org\ndns-server = " + SERVER, "");
    String fake = dig(hosts.client, "here.example.org");
    Path file = folder.resolve("long");
    Process download =
        begin(
            hosts.client,
            "curl",
            "-sS",
            "--limit-rate",
            "20M",
            "-o",
            file.toString(),
            "http://here.example.org/60000000");
    showsIn("tcp", "here.example.org:80", "direct");
    for (String filter :
        List.of("always-fake-ip = example.net", "always-real-ip = e", "always-real-ip = x.org")) {
      config(filter + "\ndns-server = " + SERVER, "");
      reload();
      // What was given out before still leads to the name.
      fetches(hosts.leaf, "http://" + fake, 1000);
    }
    assertThat(dig(hosts.client, "here.example.com")).startsWith(FAKE).isNotEqualTo(fake);
    config("always-fake-ip = example.net\ndns-server = " + SERVER, "");
    reload();
    assertThat(dig(hosts.client, "here.example.org")).isEqualTo(SERVER);
    assertThat(dig(hosts.client, "here.example.net")).startsWith(FAKE);
    assertThat(download.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(sum(file)).isEqualTo(sum(60_000_000));
    assertThat(leaf().output()).doesNotContain("device utun233 is closed");
  }

  @Test
  void manyNamesTakeNoAddressThatIsInUse() throws Exception {
    start("always-fake-ip = *\nloglevel = warn\ndns-server = " + SERVER, "");
    String fake = dig(hosts.leaf, "here.example.org");
    Process slow =
        begin(
            hosts.leaf,
            "curl",
            "-s",
            "--limit-rate",
            "100k",
            "-o",
            "/dev/null",
            "http://here.example.org/90000000");
    showsIn("tcp", "here.example.org:80", "direct");
    Peer client = hosts.client(hosts.leaf);
    assertThat(client.does("names " + NOBODY + " flood.example.net 100000")).isEqualTo("ok");
    assertThat(slow.isAlive()).isTrue();
    assertThat(dig(hosts.leaf, "-x", fake)).isEqualTo("here.example.org.");
    assertThat(dig(hosts.leaf, "here.example.org")).isEqualTo(fake);
    // The first of the many had to go.
    assertThat(dig(hosts.leaf, "-x", "198.18.0.2")).isNotEqualTo("n0.flood.example.net.");
    fetches(hosts.leaf, "http://" + fake, 1000);
  }

  @Test
  void anAddressThatStandsForNoNameLeadsNowhere() throws Exception {
    start("always-fake-ip = *\ndns-server = " + SERVER, "");
    Peer client = hosts.client(hosts.leaf);
    assertThat(client.does("connect 198.18.77.7 7")).contains("refused");
    assertThat(client.does("udp 198.18.77.7 100")).contains("failed");
    assertThat(dig(hosts.leaf, "-x", "198.18.77.7")).isEmpty();
    Process ping = begin(hosts.leaf, "ping", "-c", "1", "-W", "1", "198.18.77.7");
    assertThat(ping.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(ping.exitValue()).isNotZero();
    Await.until(
        Duration.ofSeconds(20),
        "the drops are told",
        () -> leaf().output().contains("fake address of no name"));
    // With the range to itself nobody minds it: it is somebody's network.
    config("dns-server = " + SERVER, "[Rule]\nIP-CIDR,198.18.0.0/16,direct");
    reload();
    assertThat(client.does("connect 198.18.77.7 7")).doesNotContain("refused");
    assertThat(leaf().output()).contains("destination=198.18.77.7:7");
  }

  private String forwarding() throws Exception {
    String all = "";
    for (String file : List.of("ipv4/ip_forward", "ipv6/conf/all/forwarding")) {
      all += TunHosts.in(hosts.leaf, "cat", "/proc/sys/net/" + file);
    }
    return all
        + TunHosts.in(hosts.leaf, "iptables", "-S", "FORWARD")
        + TunHosts.in(hosts.leaf, "ip6tables", "-S", "FORWARD")
        + TunHosts.in(hosts.leaf, "nft", "list", "table", "inet", "wall")
        + TunHosts.in(hosts.leaf, "sh", "-c", "ip route show table all | grep 'proto 233' || true");
  }

  @Test
  void aGatewayLetsOthersThroughAndLeavesNoTrace() throws Exception {
    PeerProgram.require("iptables");
    PeerProgram.require("nft");
    for (String file : List.of("ipv4/ip_forward", "ipv6/conf/all/forwarding")) {
      TunHosts.in(hosts.leaf, "sh", "-c", "echo 0 > /proc/sys/net/" + file);
    }
    TunHosts.in(hosts.leaf, "iptables", "-P", "FORWARD", "DROP");
    TunHosts.in(hosts.leaf, "ip6tables", "-A", "FORWARD", "-j", "REJECT");
    TunHosts.in(hosts.leaf, "nft", "add table inet wall");
    TunHosts.in(
        hosts.leaf,
        "nft",
        "add chain inet wall pass { type filter hook forward priority 5; policy drop; }");
    String before = forwarding();
    String gateway = "enable-ipv6 = true\ngateway-mode = true";
    start(gateway, "");
    Peer behind = hosts.client(hosts.client);
    for (String address : List.of(SERVER, TunHosts.SERVER6)) {
      assertThat(behind.does("echo " + address + " 100000")).isEqualTo("ok");
      assertThat(behind.does("udp " + address + " 1000")).isEqualTo("ok");
    }
    String during = forwarding();
    assertThat(during).isNotEqualTo(before);
    // A reload that does not touch it, one that replaces the device, and one that switches it off.
    config(gateway + "\ndns-cache-size = 600", "");
    reload();
    assertThat(forwarding()).isEqualTo(during);
    config("dns-hijack = true\n" + gateway, "");
    reload();
    assertThat(behind.does("echo " + SERVER + " 100000")).isEqualTo("ok");
    config("enable-ipv6 = true", "");
    reload();
    assertThat(forwarding()).doesNotContain("leaf-gateway").startsWith("0\n0\n");
    config(gateway, "");
    reload();
    assertThat(behind.does("echo " + SERVER + " 100000")).isEqualTo("ok");
    leaf().signal("KILL");
    Await.until("it is gone", () -> !leaf().isAlive());
    assertThat(forwarding()).contains("leaf-gateway");
    start("", "");
    assertThat(forwarding()).doesNotContain("leaf-gateway").startsWith("0\n0\n");
    leaf().signal("TERM");
    Await.until(Duration.ofSeconds(20), "it is gone", () -> !leaf().isAlive());
    assertThat(forwarding()).isEqualTo(before);
    start(gateway, "");
    leaf().signal("TERM");
    Await.until(Duration.ofSeconds(20), "it is gone", () -> !leaf().isAlive());
    assertThat(forwarding()).isEqualTo(before);
  }
}
