package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.core.client.HttpCaller.Reply;
import com.github.shiroedev2024.leaf.core.home.Home;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts a core as a process of its own, which outlives this one and its terminal. */
final class BackgroundCore {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(50);

  /** A log beyond this is begun anew at a start; it takes a few lines an hour. */
  private static final long LARGEST_LOG = 1 << 20;

  private BackgroundCore() {}

  /** Starts it and waits until its socket answers, or says why it does not. */
  static void start(Console console, Home home, List<String> arguments) {
    Reply already = Connections.coreReply(home, "GET", "/v1/ping");
    if (already != null) {
      long pid = Connections.object(Connections.accepted(already)).get("pid").getAsLong();
      throw new CommandException("already running, pid " + pid + " (home " + home.state() + ")");
    }
    try {
      home.create();
      Path log = home.log();
      if (Files.exists(log) && Files.size(log) > LARGEST_LOG) {
        Files.delete(log);
      }
      long before = Files.exists(log) ? Files.size(log) : 0;
      Process child =
          new ProcessBuilder(command(arguments))
              .redirectInput(Redirect.from(new File("/dev/null")))
              .redirectOutput(Redirect.appendTo(log.toFile()))
              .redirectErrorStream(true)
              .start();
      await(console, home, child, log, before);
    } catch (IOException e) {
      throw new CommandException("cannot start a core: " + Connections.reason(e));
    }
  }

  private static void await(Console console, Home home, Process child, Path log, long before)
      throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      Reply reply = Connections.coreReply(home, "GET", "/v1/ping");
      if (reply != null) {
        long pid = Connections.object(Connections.accepted(reply)).get("pid").getAsLong();
        console.say("core started, pid " + pid + ", log " + log);
        console.say("next: 'leaf start" + home.flag() + "'");
        return;
      }
      if (ended(child)) {
        throw new CommandException("the core did not start:\n" + since(log, before).strip());
      }
    }
    child.destroy();
    throw new CommandException(
        "the core did not answer within "
            + PATIENCE.toSeconds()
            + " s; its log is "
            + log
            + "\n"
            + since(log, before).strip());
  }

  private static boolean ended(Process child) {
    try {
      return child.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted");
    }
  }

  private static String since(Path log, long before) throws IOException {
    byte[] all = Files.readAllBytes(log);
    int from = (int) Math.min(before, all.length);
    return new String(all, from, all.length - from, StandardCharsets.UTF_8);
  }

  /**
   * This very program with the same JVM options. {@code setsid} gives it a session of its own, so
   * that the terminal's end does not reach it; where there is none, {@code nohup} comes close.
   */
  private static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    onPath("setsid").or(() -> onPath("nohup")).ifPresent(command::add);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-cp");
    command.add(absolute(System.getProperty("java.class.path")));
    command.add("com.github.shiroedev2024.leaf.core.Main");
    command.add("core");
    command.add("run");
    command.addAll(arguments);
    return command;
  }

  private static String absolute(String classPath) {
    List<String> out = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      out.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, out);
  }

  private static Optional<String> onPath(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      Path file = Path.of(folder, program);
      if (!folder.isEmpty() && Files.isExecutable(file)) {
        return Optional.of(file.toString());
      }
    }
    return Optional.empty();
  }

  /** Waits until a core has ended after it was asked to; it drains for a bounded time. */
  static void awaitEnd(long pid) {
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    if (process.isEmpty() || pid == ProcessHandle.current().pid()) {
      return;
    }
    try {
      process.get().onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new CommandException(
          "the core, pid " + pid + ", has not ended within " + PATIENCE.toSeconds() + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted");
    } catch (ExecutionException e) {
      throw new CommandException("cannot wait for pid " + pid + ": " + Connections.reason(e));
    }
  }
}
