package com.github.shiroedev2024.leaf.it;

import com.github.shiroedev2024.leaf.core.Main;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The program itself in a process of its own, as a person runs it. */
final class LeafProgram implements AutoCloseable {
  /** What a command that has ended left behind. */
  record Ended(int code, String output) {}

  private final Process process;
  private final Path output;

  private LeafProgram(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Starts a command; its standard output and error go to one file. */
  static LeafProgram start(String... arguments) throws IOException {
    return startBy(List.of(), arguments);
  }

  /** As {@link #start}, by another program that runs it: {@code ip netns exec NAME}. */
  static LeafProgram startBy(List<String> runner, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(runner);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath()));
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("leaf", ".out");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().keySet().removeAll(Map.of("LEAF_HOME", "", "API_LISTEN", "").keySet());
    return new LeafProgram(builder.start(), output);
  }

  static String classPath() {
    String path = System.getProperty("surefire.test.class.path");
    String own = path == null ? System.getProperty("java.class.path") : path;
    List<String> parts = new ArrayList<>(List.of(own.split(File.pathSeparator, -1)));
    parts.removeIf(part -> part.endsWith("test-classes" + File.separator)); // its logging set-up
    return String.join(File.pathSeparator, parts);
  }

  /** Runs a command to its end. */
  static Ended run(String... arguments) throws Exception {
    try (LeafProgram program = start(arguments)) {
      return program.end();
    }
  }

  Ended end() throws Exception {
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("still running: " + output());
    }
    return new Ended(process.exitValue(), output());
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Everything it has printed so far. */
  String output() {
    try {
      return Files.readString(output, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Sends a signal by name, such as {@code HUP}. */
  void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, String.valueOf(pid())).start().waitFor();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(output);
  }
}
