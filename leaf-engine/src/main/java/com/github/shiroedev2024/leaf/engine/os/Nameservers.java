package com.github.shiroedev2024.leaf.engine.os;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The DNS servers that the system's resolver asks. */
public final class Nameservers {
  /** The second one is what systemd-resolved asks when the first names resolved itself. */
  private static final List<Path> FILES =
      List.of(Path.of("/etc/resolv.conf"), Path.of("/run/systemd/resolve/resolv.conf"));

  private Nameservers() {}

  /** Those that are not on this machine; empty when they cannot be told. */
  public static List<InetAddress> ofSystem() {
    for (Path file : FILES) {
      try {
        List<InetAddress> servers = Files.exists(file) ? in(Files.readAllLines(file)) : List.of();
        if (!servers.isEmpty()) {
          return servers;
        }
      } catch (IOException e) {
        // Not readable: as good as not there.
      }
    }
    return List.of();
  }

  static List<InetAddress> in(List<String> lines) {
    List<InetAddress> servers = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.strip().split("\\s+", -1);
      if (words.length >= 2
          && words[0].equals("nameserver")
          && (NetUtil.isValidIpV4Address(words[1]) || NetUtil.isValidIpV6Address(words[1]))) {
        InetAddress address = InetAddress.ofLiteral(words[1]);
        if (!address.isLoopbackAddress()) {
          servers.add(address);
        }
      }
    }
    return servers;
  }
}
