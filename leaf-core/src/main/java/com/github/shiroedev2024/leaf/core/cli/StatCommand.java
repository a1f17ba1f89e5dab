package com.github.shiroedev2024.leaf.core.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code leaf ctl stat}: the connections. */
@Command(name = "stat", description = "Lists the active connections, or the finished ones.")
final class StatCommand implements Runnable {
  private final Console console;
  @Mixin ApiOptions api = new ApiOptions();

  @Option(names = "--recent", description = "The finished ones, newest first.")
  boolean recent;

  StatCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    String body =
        api.call(console, "GET", "/api/v1/runtime/stat/" + (recent ? "recent/json" : "json"));
    if (api.json) {
      console.say(body);
      return;
    }
    Table table =
        new Table(
            ">ID",
            "NET",
            "INBOUND",
            "SOURCE",
            "DESTINATION",
            "OUTBOUND",
            ">SENT",
            ">RECEIVED",
            ">TIME");
    for (JsonElement element : JsonParser.parseString(body).getAsJsonArray()) {
      JsonObject one = element.getAsJsonObject();
      table.row(
          CtlCommand.text(one, "id"),
          CtlCommand.text(one, "network"),
          CtlCommand.text(one, "inbound_tag"),
          CtlCommand.text(one, "source"),
          CtlCommand.text(one, "destination"),
          CtlCommand.text(one, "outbound_tag"),
          Units.bytes(one.get("bytes_sent").getAsLong()),
          Units.bytes(one.get("bytes_recvd").getAsLong()),
          Units.span(Math.round(one.get("duration").getAsDouble())));
    }
    console.say(table.isEmpty() ? "no connections" : table.toString());
  }
}
