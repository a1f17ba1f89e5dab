package com.github.shiroedev2024.leaf.it.kit;

import com.github.shiroedev2024.leaf.sdk.contract.BadServerCases;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A contract driver in a process of its own; {@code contract/README.md} has the protocol. */
final class DriverProcess implements BadServerCases.Driver {
  private static final long PATIENCE_SECONDS = 60;
  private static final String END = "";

  private final Process process;
  private final Path errors;
  private final Writer steps;
  private final BlockingQueue<String> results = new LinkedBlockingQueue<>();
  private boolean failed;

  private DriverProcess(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    this.steps = process.outputWriter(StandardCharsets.UTF_8);
  }

  /** Starts a driver for this base URL. */
  static DriverProcess start(List<String> command, String baseUrl, Duration responseTimeout)
      throws IOException {
    List<String> line = new ArrayList<>(command);
    line.add(baseUrl);
    Path errors = Files.createTempFile("driver", ".err");
    ProcessBuilder builder = new ProcessBuilder(line).redirectError(errors.toFile());
    builder
        .environment()
        .put("LEAF_RESPONSE_TIMEOUT_MS", String.valueOf(responseTimeout.toMillis()));
    // a proxy of the environment is none of a client's business
    builder.environment().put("http_proxy", "http://127.0.0.1:9");
    DriverProcess driver = new DriverProcess(builder.start(), errors);
    Thread.ofPlatform().daemon().name("driver-results").start(driver::collect);
    return driver;
  }

  private void collect() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        results.add(line);
      }
    } catch (IOException e) {
      // The process was ended; whoever waits is told below.
    }
    results.add(END);
  }

  @Override
  public JsonObject take(JsonArray step) {
    String line = null;
    try {
      steps.write(step + "\n");
      steps.flush();
      line = results.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (line != null && !line.equals(END)) {
        return JsonParser.parseString(line).getAsJsonObject();
      }
    } catch (IOException e) {
      throw broken(step, e.toString());
    } catch (JsonParseException | IllegalStateException e) {
      throw broken(step, "printed '" + line + "'");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw broken(step, "was interrupted");
    }
    throw broken(step, line == null ? "printed nothing in time" : "ended");
  }

  private AssertionError broken(JsonArray step, String how) {
    failed = true;
    return new AssertionError(
        "the driver " + how + " at " + step + "; its standard error:\n" + errorText());
  }

  private String errorText() {
    try {
      return Files.readString(errors);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Writes a step that no driver knows and tells the exit code that follows. */
  int exitCodeOf(JsonArray unknown) throws IOException, InterruptedException {
    steps.write(unknown + "\n");
    steps.flush();
    failed = true; // so that the code is not judged again
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw broken(unknown, "goes on");
    }
    return process.exitValue();
  }

  /** Lets the driver end; it must have told no more than it was asked, and leave with 0. */
  @Override
  public void close() throws IOException {
    try {
      if (failed) {
        process.destroyForcibly();
      } else if (process.isAlive()) {
        steps.close();
      }
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the driver goes on after the end of its input");
      }
      if (!failed) {
        String more = results.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        judge(more);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      process.destroyForcibly();
      Files.deleteIfExists(errors);
    }
  }

  private void judge(@Nullable String more) {
    if (!END.equals(more)) {
      throw new AssertionError("the driver printed one line too many: " + more);
    }
    if (process.exitValue() != 0) {
      throw new AssertionError(
          "the driver ended with " + process.exitValue() + "; its standard error:\n" + errorText());
    }
  }
}
