package com.github.shiroedev2024.leaf.desktop;

import com.github.shiroedev2024.leaf.sdk.LeafException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The {@code leaf} program as it is run to start a core, and the core's process. */
final class CoreProgram {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A start from a source tree may have to build first. */
  private static final Duration START = Duration.ofMinutes(5);

  private final String program;
  private final List<String> home;

  /**
   * The program that {@code LEAF_BIN} names, else {@code leaf} on the path.
   *
   * @param home the folder for {@code --home}; null for the one of the environment
   */
  CoreProgram(Map<String, String> environment, @Nullable String home) {
    String named = environment.get("LEAF_BIN");
    this.program = named == null || named.isEmpty() ? "leaf" : named;
    this.home = home == null ? Collections.emptyList() : List.of("--home", home);
  }

  /** Runs {@code leaf core start}, which returns once the core answers. */
  void start() throws IOException {
    List<String> command = new ArrayList<>(List.of(program, "core", "start"));
    command.addAll(home);
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new IOException(
          "cannot run '"
              + program
              + "': "
              + e.getMessage()
              + "; put Leaf on the PATH or name its program in LEAF_BIN",
          e);
    }
    process.getOutputStream().close();
    try {
      if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
        process.destroy();
        throw new IOException("'leaf core start' did not end within " + START.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      process.destroy();
      throw interrupted(e);
    }
    if (process.exitValue() != 0) {
      String text = output(process);
      throw new LeafException(
          text.isEmpty() ? "'leaf core start' ended with status " + process.exitValue() : text);
    }
  }

  /** What is there: a process that it left behind may hold the other end open. */
  private static String output(Process process) throws IOException {
    try (InputStream out = process.getInputStream()) {
      return new String(out.readNBytes(out.available()), StandardCharsets.UTF_8).trim();
    }
  }

  /** Waits until a core that was asked to end has ended. */
  static void awaitEnd(long pid) throws IOException {
    ProcessHandle process = ProcessHandle.of(pid).orElse(null);
    if (process == null || pid == ProcessHandle.current().pid()) {
      return;
    }
    try {
      process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException(
          "the core, pid " + pid + ", has not ended within " + PATIENCE.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw new IOException("cannot wait for the core, pid " + pid, e);
    }
  }

  /**
   * The process that holds a home's lock; 0 when none does.
   *
   * @throws IOException it is held, but does not say by whom
   */
  static long owner(Path lock) throws IOException {
    try (FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (free(channel)) {
        return 0; // what the file says is of a core that has ended
      }
    } catch (NoSuchFileException e) {
      return 0;
    }
    String text = new String(Files.readAllBytes(lock), StandardCharsets.US_ASCII).trim();
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException(lock + " is held, but holds no process id", e);
    }
  }

  private static boolean free(FileChannel channel) throws IOException {
    try (FileLock taken = channel.tryLock()) {
      return taken != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by this very process
    }
  }

  /** Kills a core. */
  static void kill(long pid) throws IOException {
    ProcessHandle process = ProcessHandle.of(pid).orElse(null);
    if (process == null) {
      return;
    }
    if (pid == ProcessHandle.current().pid()) {
      throw new IOException("the core is this very process");
    }
    if (!process.destroyForcibly() && process.isAlive()) {
      throw new IOException("the core, pid " + pid + ", cannot be killed by this user");
    }
    awaitEnd(pid);
  }

  private static IOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException told = new InterruptedIOException("interrupted");
    told.initCause(cause);
    return told;
  }
}
