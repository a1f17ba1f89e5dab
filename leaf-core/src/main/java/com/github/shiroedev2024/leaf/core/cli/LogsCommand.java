package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.core.client.HttpCaller;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code leaf ctl logs}: the log kept in memory. */
@Command(name = "logs", description = "Prints the end of the log kept in memory, or clears it.")
final class LogsCommand implements Runnable {
  private static final String LOGS = "/api/v1/runtime/logs/";
  private static final long LOOK_MILLIS = 300;

  private final Console console;
  @Mixin ApiOptions api = new ApiOptions();

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      description = "How many lines from the end (default: ${DEFAULT-VALUE}, at most 10000).")
  int lines = 100;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what comes, until Ctrl-C.")
  boolean follow;

  @Option(names = "--clear", description = "Drop what is kept instead.")
  boolean clear;

  LogsCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    if (lines < 0 || lines > 10_000) {
      throw new CommandException("--lines is " + lines + "; it must be 0 to 10000");
    }
    if (clear) {
      api.call(console, "POST", LOGS + "clear");
      return;
    }
    api.api(console, this::print);
  }

  /** Answers where it stopped reading. */
  private long print(HttpCaller caller) throws IOException {
    JsonObject probe = page(caller, "limit=1&offset=0");
    long total = probe.get("total").getAsLong();
    JsonObject page =
        page(caller, "limit=" + Math.max(1, lines) + "&offset=" + Math.max(0, total - lines));
    if (api.json && !follow) {
      console.say(page.toString());
      return page.get("next").getAsLong();
    }
    if (lines > 0) {
      say(page);
    }
    while (follow) {
      page = page(caller, "limit=10000&after=" + page.get("next").getAsLong());
      say(page);
      if (page.getAsJsonArray("messages").isEmpty()) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
      }
    }
    return page.get("next").getAsLong();
  }

  private void say(JsonObject page) {
    for (JsonElement line : page.getAsJsonArray("messages")) {
      console.say(api.json ? line.toString() : line.getAsString());
    }
  }

  private static JsonObject page(HttpCaller caller, String query) throws IOException {
    return Connections.object(Connections.accepted(caller.call("GET", LOGS + "json?" + query)));
  }
}
