package com.github.shiroedev2024.leaf.engine.os;

import com.github.shiroedev2024.leaf.engine.os.Netlink.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;

/**
 * Has the machine forward what other hosts send by a device, and undoes it. What was off before is
 * noted in the kernel before, so that after a process was killed the next one can undo it: as the
 * metric of an unreachable default route in a table of its own, which no rule leads to. Firewall
 * rules are known by their comment. Blocks; for control threads.
 */
public final class Gateway {
  private static final int TABLE = TunLink.TABLE + 1;
  private static final Path FOUR = Path.of("/proc/sys/net/ipv4/ip_forward");
  private static final Path SIX = Path.of("/proc/sys/net/ipv6/conf/all/forwarding");

  /** The note by itself, and what it says was off before. */
  private static final int NOTE = 4;

  private static final int NOTE_FOUR = 1;
  private static final int NOTE_SIX = 2;

  private static final String COMMENT = "leaf-gateway";
  private static final Pattern TABLE_LINE = Pattern.compile("table (\\S+) (\\S+) \\{.*");
  private static final Pattern CHAIN_LINE = Pattern.compile("chain (\\S+) \\{.*");
  private static final Pattern HANDLE = Pattern.compile("# handle (\\d+)");

  private Gateway() {}

  /**
   * Switches forwarding on, and has the firewall accept what is forwarded from and to the device
   * where it may refuse something.
   *
   * @param six whether IPv6 is forwarded too
   * @throws IOException when forwarding is off and cannot be switched on
   */
  public static void on(String device, boolean six, Logger log) throws IOException {
    boolean four = isOff(FOUR);
    boolean other = six && isOff(SIX);
    try (Netlink netlink = new Netlink()) {
      int note = NOTE | (four ? NOTE_FOUR : 0) | (other ? NOTE_SIX : 0);
      netlink.defaultRoute(Netlink.INET, TABLE, TunLink.PROTOCOL, 0, note);
    }
    if (four) {
      write(FOUR, "1");
    }
    if (other) {
      write(SIX, "1");
    }
    try {
      accept(device, six);
    } catch (IOException e) {
      log.warn(
          "the firewall may refuse what other hosts send by {}: {}; let it accept what is forwarded"
              + " from and to this device",
          device,
          e.getMessage());
    }
  }

  /**
   * Undoes what {@link #on} did, in this process or in one that was killed.
   *
   * @throws IOException when it cannot; it stays noted then
   */
  public static void off() throws IOException {
    try (Netlink netlink = new Netlink()) {
      for (Found note : netlink.routes(Netlink.INET, TunLink.PROTOCOL)) {
        if (note.table() != TABLE) {
          continue;
        }
        withdraw();
        if ((note.priority() & NOTE_FOUR) != 0) {
          write(FOUR, "0");
        }
        if ((note.priority() & NOTE_SIX) != 0) {
          write(SIX, "0");
        }
        netlink.remove(note, false);
      }
    }
  }

  private static boolean isOff(Path file) throws IOException {
    return Files.exists(file) && Files.readString(file).trim().equals("0");
  }

  private static void write(Path file, String value) throws IOException {
    try {
      Files.writeString(file, value);
    } catch (IOException e) {
      throw new IOException(
          "GATEWAY_MODE: "
              + file
              + " cannot be set to "
              + value
              + " ("
              + e.getMessage()
              + "); set it before Leaf starts, or leave GATEWAY_MODE out",
          e);
    }
  }

  // ---- the firewall ----

  /** A place in nftables where forwarded packets pass. */
  private record Chain(String family, String table, String name) {
    /** Whether it is what the program iptables works on: that one's rules are left to it. */
    boolean ofIptables() {
      return (family.equals("ip") || family.equals("ip6"))
          && table.equals("filter")
          && name.equals("FORWARD");
    }
  }

  private static void accept(String device, boolean six) throws IOException {
    boolean iptables = false;
    for (String program : six ? List.of("iptables", "ip6tables") : List.of("iptables")) {
      if (Programs.exists(program)) {
        iptables = true;
        String rules = Programs.run(program, "-w", "-S", "FORWARD").trim();
        if (!rules.equals("-P FORWARD ACCEPT")) {
          for (String direction : List.of("-i", "-o")) {
            Programs.run(
                program,
                "-w",
                "-I",
                "FORWARD",
                direction,
                device,
                "-m",
                "comment",
                "--comment",
                COMMENT,
                "-j",
                "ACCEPT");
          }
        }
      }
    }
    if (!Programs.exists("nft")) {
      return;
    }
    for (Chain chain : forwardChains()) {
      if (!(iptables && chain.ofIptables())) {
        for (String direction : List.of("iifname", "oifname")) {
          Programs.run(
              "nft",
              "insert",
              "rule",
              chain.family,
              chain.table,
              chain.name,
              direction,
              device,
              "accept",
              "comment",
              '"' + COMMENT + '"');
        }
      }
    }
  }

  /** The chains of type filter that the kernel leads forwarded packets through. */
  private static List<Chain> forwardChains() throws IOException {
    List<Chain> chains = new ArrayList<>();
    String family = "";
    String table = "";
    String name = "";
    for (String line : Programs.run("nft", "list", "chains").split("\n", -1)) {
      String text = line.trim();
      Matcher tableLine = TABLE_LINE.matcher(text);
      Matcher chainLine = CHAIN_LINE.matcher(text);
      if (tableLine.matches()) {
        family = tableLine.group(1);
        table = tableLine.group(2);
      } else if (chainLine.matches()) {
        name = chainLine.group(1);
      } else if (text.startsWith("type filter hook forward ")
          && (family.equals("ip") || family.equals("ip6") || family.equals("inet"))) {
        chains.add(new Chain(family, table, name));
      }
    }
    return chains;
  }

  private static void withdraw() throws IOException {
    for (String program : List.of("iptables", "ip6tables")) {
      if (!Programs.exists(program)) {
        continue;
      }
      for (String rule : Programs.run(program, "-w", "-S", "FORWARD").split("\n", -1)) {
        if (rule.startsWith("-A ") && rule.contains("--comment " + COMMENT)) {
          List<String> remove = new ArrayList<>(List.of(program, "-w", "-D"));
          remove.addAll(List.of(rule.substring("-A ".length()).trim().split(" ", -1)));
          Programs.run(remove.toArray(String[]::new));
        }
      }
    }
    if (!Programs.exists("nft")) {
      return;
    }
    for (Chain chain : forwardChains()) {
      String rules =
          Programs.run("nft", "-a", "list", "chain", chain.family, chain.table, chain.name);
      for (String rule : rules.split("\n", -1)) {
        Matcher handle = HANDLE.matcher(rule);
        if (rule.contains("comment \"" + COMMENT + "\"") && handle.find()) {
          Programs.run(
              "nft",
              "delete",
              "rule",
              chain.family,
              chain.table,
              chain.name,
              "handle",
              handle.group(1));
        }
      }
    }
  }
}
