package com.github.shiroedev2024.leaf.core.control;

import com.github.shiroedev2024.leaf.core.home.Home;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * Where the control socket of a home is: {@code run/control.sock}, or, when that path is too long
 * for a socket address, a short folder that {@code run/control.path} names.
 */
public final class SocketPath {
  /** Bytes of {@code sun_path} without its closing zero: 108 on Linux, 104 on the BSDs. */
  private static final int LONGEST =
      System.getProperty("os.name", "").startsWith("Linux") ? 107 : 103;

  private SocketPath() {}

  /** Where a client finds the socket of this home, whether or not a core runs. */
  public static Path find(Home home) throws IOException {
    Path record = record(home);
    if (Files.isRegularFile(record)) {
      return Path.of(Files.readString(record).trim());
    }
    return direct(home);
  }

  /**
   * Where a core binds the socket of this home; makes the folder, for its owner only. To be called
   * by the holder of the home's lock.
   */
  static Path prepare(Home home, Map<String, String> environment) throws IOException {
    Path direct = direct(home);
    if (bytes(direct) <= LONGEST) {
      Files.deleteIfExists(record(home));
      return direct;
    }
    Path folder = shortFolder(home, environment);
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    boolean ours =
        Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
            && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(home.run()));
    if (!ours) {
      throw new IOException(
          folder
              + " belongs to somebody else; remove it, or choose a home with a shorter path than "
              + home.state());
    }
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    Path socket = folder.resolve("control.sock");
    Files.writeString(record(home), socket + "\n");
    return socket;
  }

  /** Takes away what {@link #prepare} made outside the home. */
  static void release(Home home, Path socket) throws IOException {
    Files.deleteIfExists(socket);
    if (Files.deleteIfExists(record(home))) {
      Path folder = socket.getParent();
      if (folder != null) {
        Files.deleteIfExists(folder);
      }
    }
  }

  private static Path direct(Home home) {
    return home.run().resolve("control.sock");
  }

  private static Path record(Home home) {
    return home.run().resolve("control.path");
  }

  /** In the user's run-time folder, else in {@code /tmp}, which is short on every system. */
  private static Path shortFolder(Home home, Map<String, String> environment) throws IOException {
    String name = "leaf-" + hash(home.state().toRealPath().toString());
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (!runtime.isEmpty() && Files.isDirectory(Path.of(runtime))) {
      Path folder = Path.of(runtime).toAbsolutePath().resolve(name);
      if (bytes(folder.resolve("control.sock")) <= LONGEST) {
        return folder;
      }
    }
    return Path.of("/tmp", name);
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
