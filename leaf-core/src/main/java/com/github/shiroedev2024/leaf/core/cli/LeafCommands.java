package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.core.client.HttpCaller.Reply;
import com.github.shiroedev2024.leaf.core.home.Home;
import com.github.shiroedev2024.leaf.core.home.Version;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Reloaded;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The commands that ask the core about its runtime: start, stop, reload, status, ping. */
final class LeafCommands {
  private LeafCommands() {}

  /** {@code leaf start}. */
  @Command(name = "start", description = "Starts the runtime in the running core.")
  static final class Start implements Runnable {
    private final Console console;
    @Mixin HomeOption home = new HomeOption();

    Start(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      JsonObject started = Connections.core(home.home(console), "POST", "/v1/leaf/start");
      console.say("started");
      listeners(console, started.getAsJsonArray("listeners"));
    }
  }

  /** {@code leaf stop}. */
  @Command(name = "stop", description = "Stops the runtime; the core stays.")
  static final class Stop implements Runnable {
    private final Console console;
    @Mixin HomeOption home = new HomeOption();

    Stop(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      Home where = home.home(console);
      JsonObject reply = Connections.core(where, "POST", "/v1/leaf/stop");
      console.say(
          reply.get("stopped").getAsBoolean()
              ? "stopped; 'leaf start" + where.flag() + "' starts it again"
              : "it was not running");
    }
  }

  /** {@code leaf reload}. */
  @Command(
      name = "reload",
      description = "Makes the changed configuration live; a bad one changes nothing.")
  static final class Reload implements Runnable {
    private final Console console;
    @Mixin HomeOption home = new HomeOption();

    Reload(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      JsonObject reply = Connections.core(home.home(console), "POST", "/v1/leaf/reload");
      console.say(Banner.reloaded(reloaded(reply)));
    }
  }

  static Reloaded reloaded(JsonObject reply) {
    return new Reloaded(
        texts(reply.getAsJsonArray("added")),
        texts(reply.getAsJsonArray("removed")),
        texts(reply.getAsJsonArray("changed")),
        reply.get("kept_connections").getAsInt(),
        reply.get("closed_connections").getAsInt());
  }

  private static List<String> texts(JsonArray array) {
    List<String> out = new ArrayList<>();
    array.forEach(item -> out.add(item.getAsString()));
    return out;
  }

  /** {@code leaf status}; exit 1 unless the runtime runs. */
  @Command(
      name = "status",
      description = "Shows the core and the runtime; exit 1 unless the runtime runs.")
  static final class Status implements Callable<Integer> {
    private final Console console;
    @Mixin HomeOption home = new HomeOption();

    @Option(names = "--json", description = "The core's own answer.")
    boolean json;

    Status(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      Home where = home.home(console);
      Reply reply = Connections.coreReply(where, "GET", "/v1/status");
      if (reply == null) {
        if (json) {
          console.say("{\"core\":{\"state\":\"stopped\"},\"leaf\":{\"state\":\"stopped\"}}");
        } else {
          console.say("core  stopped (home " + where.state() + ")");
          console.say("leaf  stopped");
        }
        return ExitCodes.FAILED;
      }
      String body = Connections.accepted(reply);
      JsonObject status = Connections.object(body);
      JsonObject leaf = status.getAsJsonObject("leaf");
      String state = leaf.get("state").getAsString();
      if (json) {
        console.say(body);
      } else {
        print(where, status.getAsJsonObject("core"), leaf, state);
      }
      return state.equals("started") ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private void print(Home where, JsonObject core, JsonObject leaf, String state) {
      console.say(
          "core  "
              + core.get("state").getAsString()
              + ", pid "
              + core.get("pid").getAsLong()
              + ", version "
              + core.get("version").getAsString()
              + ", home "
              + where.state());
      Duration since =
          Duration.between(Instant.ofEpochSecond(leaf.get("since").getAsLong()), Instant.now());
      console.say("leaf  " + state + " for " + Units.span(since.toSeconds()));
      JsonElement error = leaf.get("error");
      if (error != null && !error.isJsonNull()) {
        console.say("      " + error.getAsString().replace("\n", "\n      "));
      }
      console.say("      configuration " + leaf.get("configuration").getAsString());
      listeners(console, leaf.getAsJsonArray("listeners"));
    }
  }

  private static void listeners(Console console, JsonArray listeners) {
    Table table = new Table("LISTENER", "TYPE", "ADDRESS");
    for (JsonElement element : listeners) {
      JsonObject one = element.getAsJsonObject();
      table.row(
          one.get("name").getAsString(),
          one.get("type").getAsString(),
          one.get("address").getAsString());
    }
    if (!table.isEmpty()) {
      console.say(table.toString());
    }
  }

  /** {@code leaf ping}: the core's version; exit 1 when none runs. */
  @Command(name = "ping", description = "Prints the version of the running core; exit 1 if none.")
  static final class Ping implements Runnable {
    private final Console console;
    @Mixin HomeOption home = new HomeOption();

    Ping(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      JsonObject reply = Connections.core(home.home(console), "GET", "/v1/ping");
      console.say(reply.get("version").getAsString());
    }
  }

  /** {@code leaf version}. */
  @Command(name = "version", description = "Prints the version of this program.")
  static final class ShowVersion implements Runnable {
    private final Console console;

    ShowVersion(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      console.say("leaf " + Version.current());
    }
  }
}
