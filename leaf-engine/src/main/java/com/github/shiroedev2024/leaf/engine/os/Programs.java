package com.github.shiroedev2024.leaf.engine.os;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the system that do what no file and no call of the kernel does. Blocks. */
final class Programs {
  /** Where they are when the search path of whoever started Leaf leaves out the folders of root. */
  private static final List<String> USUAL = List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin");

  private static final long PATIENCE_SECONDS = 10;

  private Programs() {}

  static boolean exists(String name) {
    return !find(name).isEmpty();
  }

  private static String find(String name) {
    String path = System.getenv("PATH");
    String folders = String.join(File.pathSeparator, USUAL);
    for (String folder :
        (path == null ? folders : path + File.pathSeparator + folders)
            .split(File.pathSeparator, -1)) {
      Path file = Path.of(folder, name);
      if (!folder.isEmpty() && Files.isExecutable(file)) {
        return file.toString();
      }
    }
    return "";
  }

  /**
   * Runs a program to its end.
   *
   * @return what it printed
   * @throws IOException when it failed, with what it said
   */
  static String run(String... command) throws IOException {
    String[] line = command.clone();
    line[0] = find(command[0]);
    if (line[0].isEmpty()) {
      throw new IOException(command[0] + " is not there");
    }
    Path output = Files.createTempFile("leaf", ".out");
    try {
      Process process =
          new ProcessBuilder(line)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      process.getOutputStream().close();
      boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + " does not end");
      }
      String said = Files.readString(output, Charset.defaultCharset());
      if (process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": " + said.trim());
      }
      return said;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(String.join(" ", command) + " was interrupted", e);
    } finally {
      Files.deleteIfExists(output);
    }
  }
}
