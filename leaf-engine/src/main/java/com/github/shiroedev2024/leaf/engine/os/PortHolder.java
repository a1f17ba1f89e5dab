package com.github.shiroedev2024.leaf.engine.os;

import com.github.shiroedev2024.leaf.engine.net.Network;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Tells who listens on a port, as far as the system lets us look ({@code /proc} on Linux; other
 * users' processes only with privilege). For error messages.
 */
public final class PortHolder {
  /** A listening TCP socket. */
  private static final String LISTEN = "0A";

  /** A UDP socket that is not connected. */
  private static final String UNCONNECTED = "07";

  private PortHolder() {}

  /** A phrase such as {@code held by pid 4711 (nginx)}, or an empty text when it cannot be told. */
  public static String describe(InetSocketAddress address, Network network) {
    try {
      Set<String> inodes = new HashSet<>();
      for (String family : List.of("", "6")) {
        Path table = Path.of("/proc/net/" + network.word() + family);
        collectListeners(
            table, address.getPort(), network == Network.TCP ? LISTEN : UNCONNECTED, inodes);
      }
      return inodes.isEmpty() ? "" : holder(inodes);
    } catch (IOException e) {
      return ""; // no /proc here: the message goes without
    }
  }

  private static void collectListeners(Path table, int port, String listening, Set<String> inodes)
      throws IOException {
    if (!Files.isReadable(table)) {
      return;
    }
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    for (String line : Files.readAllLines(table)) {
      String[] fields = line.trim().split("\\s+", -1);
      if (fields.length > 9 && fields[1].endsWith(suffix) && fields[3].equals(listening)) {
        inodes.add("socket:[" + fields[9] + "]");
      }
    }
  }

  private static String holder(Set<String> inodes) throws IOException {
    List<String> holders = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, inodes)) {
          holders.add("pid " + process.getFileName() + " (" + name(process) + ")");
        }
      }
    }
    return holders.isEmpty()
        ? "held by a process of another user"
        : "held by " + String.join(", ", holders);
  }

  private static boolean holds(Path process, Set<String> inodes) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (inodes.contains(Files.readSymbolicLink(descriptor).toString())) {
          return true;
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return false; // it has ended, or belongs to somebody else
    }
    return false;
  }

  private static String name(Path process) {
    try {
      return Files.readString(process.resolve("comm")).trim();
    } catch (IOException e) {
      return "ended meanwhile";
    }
  }
}
