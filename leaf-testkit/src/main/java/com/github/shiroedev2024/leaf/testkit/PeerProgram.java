package com.github.shiroedev2024.leaf.testkit;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * A foreign program run as the peer of a test. A machine without it skips the test and says so; in
 * continuous integration ({@code CI=true}) its absence is a failure.
 */
public final class PeerProgram implements AutoCloseable {
  private static final int KEPT_LINES = 200;
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final List<String> command;
  private final Process process;
  private final Deque<String> output = new ArrayDeque<>();

  private PeerProgram(List<String> command, Process process) {
    this.command = List.copyOf(command);
    this.process = process;
  }

  /** Where this program lies: on the PATH, or in the folder that {@code build/peers} fills. */
  public static @Nullable Path find(String name) {
    List<Path> folders = new ArrayList<>();
    String path = System.getenv("PATH");
    if (path != null) {
      for (String folder : path.split(File.pathSeparator, -1)) {
        folders.add(Path.of(folder.isEmpty() ? "." : folder));
      }
    }
    folders.add(built());
    for (Path folder : folders) {
      Path file = folder.resolve(name);
      if (Files.isExecutable(file) && !Files.isDirectory(file)) {
        return file;
      }
    }
    return null;
  }

  /** Where {@code build/peers} puts the programs that it builds. */
  private static Path built() {
    String peers = System.getenv("LEAF_PEERS");
    if (peers != null) {
      return Path.of(peers);
    }
    String cache = System.getenv("XDG_CACHE_HOME");
    return (cache == null ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache))
        .resolve("leaf-peers");
  }

  /**
   * Where this program lies, as {@link #find} looks for it.
   *
   * @throws TestAbortedException when it is not there; with {@code CI=true} an AssertionError
   */
  public static Path require(String name) {
    Path file = find(name);
    if (file == null) {
      throw missing("the program '" + name + "' is neither on the PATH nor built by build/peers");
    }
    return file;
  }

  /**
   * What to throw to skip the running test because this machine lacks something it needs. Says so
   * on standard error; where {@code CI=true} it fails instead.
   */
  public static TestAbortedException missing(String what) {
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError(what + ", and CI=true asks for all tests");
    }
    System.err.println("SKIPPED: " + what);
    return new TestAbortedException(what);
  }

  /**
   * Starts a program.
   *
   * @param command the program, as {@link #require} names it, and its arguments
   */
  public static PeerProgram start(List<String> command) {
    List<String> line = new ArrayList<>(command);
    line.set(0, require(command.getFirst()).toString());
    Process process;
    try {
      process = new ProcessBuilder(line).redirectErrorStream(true).start();
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command.getFirst(), e);
    }
    PeerProgram peer = new PeerProgram(command, process);
    Thread.ofPlatform().daemon().name("peer-output").start(peer::collect);
    return peer;
  }

  /** Starts a program and waits until it accepts TCP connections at this address. */
  public static PeerProgram start(List<String> command, InetSocketAddress readyAt) {
    PeerProgram peer = start(command);
    try {
      Await.until(
          command.getFirst() + " answering at " + readyAt,
          () -> {
            if (!peer.process.isAlive()) {
              throw new AssertionError(
                  command.getFirst() + " ended with " + peer.process.exitValue());
            }
            return accepts(readyAt);
          });
      return peer;
    } catch (AssertionError e) {
      peer.close();
      throw new AssertionError(e.getMessage() + "; its output:\n" + peer.output(), e);
    }
  }

  private static boolean accepts(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void collect() {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        synchronized (output) {
          if (output.size() == KEPT_LINES) {
            output.removeFirst();
          }
          output.addLast(line);
        }
      }
    } catch (IOException e) {
      // The program was stopped while it wrote.
    }
  }

  /** The last lines it printed, standard output and error together. */
  public String output() {
    synchronized (output) {
      return String.join("\n", new ArrayList<>(output));
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** Ends the program, this very process and no other, and waits until it is gone. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new AssertionError(command.getFirst() + " does not end");
        }
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
