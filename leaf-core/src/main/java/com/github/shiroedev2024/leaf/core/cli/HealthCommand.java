package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.core.client.HttpCaller;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code leaf ctl health}: probes outbounds side by side. */
@Command(
    name = "health",
    description = "Probes outbounds now, TCP and UDP; without a TAG every member of every group.")
final class HealthCommand implements Runnable {
  private final Console console;
  @Mixin ApiOptions api = new ApiOptions();

  @Parameters(arity = "0..*", paramLabel = "TAG", description = "Outbounds or groups.")
  List<String> tags = new ArrayList<>();

  HealthCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    JsonArray results = api.api(console, this::probe);
    if (api.json) {
      console.say((tags.size() == 1 ? results.get(0) : results).toString());
      return;
    }
    Table table = new Table("OUTBOUND", ">TCP", ">UDP");
    for (JsonElement one : results) {
      JsonObject health = one.getAsJsonObject();
      table.row(
          health.get("tag").getAsString(),
          Units.millis(health.get("tcp_ms")),
          Units.millis(health.get("udp_ms")));
    }
    console.say(table.toString());
  }

  private JsonArray probe(HttpCaller caller) throws IOException {
    Set<String> all = new LinkedHashSet<>(tags.isEmpty() ? members(caller) : tags);
    List<Future<String>> answers = new ArrayList<>();
    JsonArray out = new JsonArray();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String tag : all) {
        String target = "/api/v1/runtime/outbound/" + ApiOptions.encoded(tag) + "/health";
        answers.add(threads.submit(() -> Connections.accepted(caller.call("GET", target))));
      }
      for (Future<String> answer : answers) {
        out.add(JsonParser.parseString(answer.get()));
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case CommandException refused -> throw refused;
        case IOException failed -> throw failed;
        case null, default -> throw new IOException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted");
    }
    return out;
  }

  private static Set<String> members(HttpCaller caller) throws IOException {
    Set<String> out = new LinkedHashSet<>();
    String groups = Connections.accepted(caller.call("GET", "/api/v1/app/outbound/list"));
    for (JsonElement group : CtlCommand.array(groups, "outbounds")) {
      String target =
          "/api/v1/app/outbound/selects?outbound="
              + ApiOptions.encoded(CtlCommand.text(group, "tag"));
      String members = Connections.accepted(caller.call("GET", target));
      for (JsonElement member : CtlCommand.array(members, "outbounds")) {
        out.add(CtlCommand.text(member, "name"));
      }
    }
    return out;
  }
}
