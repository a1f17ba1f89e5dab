package com.github.shiroedev2024.leaf.it.kit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of {@code examples/}, run as a person would. */
final class ExampleProgram implements AutoCloseable {
  /** What a program left behind. */
  record Ended(int code, List<String> lines, String errors) {}

  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final Path output;
  private final Path errors;

  private ExampleProgram(Process process, Path output, Path errors) {
    this.process = process;
    this.output = output;
    this.errors = errors;
  }

  static ExampleProgram start(List<String> command) throws IOException {
    Path output = Files.createTempFile("example", ".out");
    Path errors = Files.createTempFile("example", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
    // the target folder of the Rust client holds what it is built of already
    builder.environment().put("CARGO_TARGET_DIR", Client.cargoTarget());
    return new ExampleProgram(builder.start(), output, errors);
  }

  /** Runs a program to its end. */
  static Ended run(List<String> command) throws IOException, InterruptedException {
    try (ExampleProgram program = start(command)) {
      return program.end();
    }
  }

  /** What it has printed so far. */
  String output() {
    try {
      return Files.readString(output, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  Ended end() throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the example goes on after " + output());
    }
    return new Ended(
        process.exitValue(),
        output().lines().toList(),
        Files.readString(errors, StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.delete(output);
    Files.delete(errors);
  }
}
