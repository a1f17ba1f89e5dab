package com.github.shiroedev2024.leaf.core.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leaf ctl …}: the calls of the HTTP API about outbounds, groups and the runtime. */
@Command(name = "ctl", description = "Asks and tells the running Leaf through its HTTP API.")
final class CtlCommand {
  private static final String APP = "/api/v1/app/outbound/";
  private static final String RUNTIME = "/api/v1/runtime/";

  /** The command and everything below it. */
  static CommandLine line(Console console) {
    return new CommandLine(new CtlCommand())
        .addSubcommand(new Outbounds(console))
        .addSubcommand(new Selects(console))
        .addSubcommand(new Select(console))
        .addSubcommand(new Failover(console))
        .addSubcommand(new Healthcheck(console))
        .addSubcommand(new HealthCommand(console))
        .addSubcommand(new Peer(console))
        .addSubcommand(new Connectivity(console))
        .addSubcommand(new StatCommand(console))
        .addSubcommand(new Usage(console))
        .addSubcommand(new LogsCommand(console))
        .addSubcommand(new Close(console))
        .addSubcommand(new Route(console))
        .addSubcommand(new Reload(console))
        .addSubcommand(new Shutdown(console));
  }

  /** Every group. */
  @Command(name = "outbounds", description = "Lists the groups.")
  static final class Outbounds implements Runnable {
    private final Console console;
    @Mixin ApiOptions api = new ApiOptions();

    Outbounds(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      String body = api.call(console, "GET", APP + "list");
      if (api.json) {
        console.say(body);
        return;
      }
      Table table = new Table("GROUP", "TYPE");
      for (JsonElement one : array(body, "outbounds")) {
        table.row(text(one, "tag"), text(one, "type"));
      }
      console.say(table.isEmpty() ? "no groups are configured" : table.toString());
    }
  }

  /** The members of a group. */
  @Command(name = "selects", description = "Lists the members of a group.")
  static final class Selects implements Runnable {
    private final Console console;
    @Mixin ApiOptions api = new ApiOptions();

    @Parameters(paramLabel = "GROUP", description = "The group's tag.")
    String group = "";

    Selects(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      members(console, api, APP + "selects?outbound=" + ApiOptions.encoded(group), "outbounds");
    }
  }

  /** Shows or changes the member in use. */
  @Command(name = "select", description = "Shows the member in use, or switches to another.")
  static final class Select implements Runnable {
    private final Console console;
    @Mixin ApiOptions api = new ApiOptions();

    @Parameters(index = "0", paramLabel = "GROUP", description = "The group's tag.")
    String group = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "MEMBER", description = "To switch to.")
    @Nullable String member;

    @Option(names = "--close", description = "Also end the group's open connections.")
    boolean close;

    Select(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      String target = APP + "select?outbound=" + ApiOptions.encoded(group);
      if (member == null) {
        String body = api.call(console, "GET", target);
        console.say(api.json ? body : text(JsonParser.parseString(body), "selected"));
        return;
      }
      String body =
          api.call(
              console,
              "POST",
              target + "&select=" + ApiOptions.encoded(member) + (close ? "&close=true" : ""));
      console.say(api.json ? body : group + " now uses " + member);
    }
  }

  /** The state of a failover group. */
  @Command(name = "failover", description = "Shows the state of a failover group.")
  static final class Failover implements Runnable {
    private final Console console;
    @Mixin ApiOptions api = new ApiOptions();

    @Parameters(paramLabel = "GROUP", description = "The group's tag.")
    String group = "";

    Failover(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      members(
          console, api, APP + "failover/status?outbound=" + ApiOptions.encoded(group), "actors");
    }
  }

  /** Begins health checks. */
  @Command(
      name = "healthcheck",
      description = "Begins a health check of one failover group, or of all.")
  static final class Healthcheck implements Runnable {
    private final Console console;
    @Mixin ApiOptions api = new ApiOptions();

    @Parameters(arity = "0..1", paramLabel = "GROUP", description = "The group's tag.")
    @Nullable String group;

    Healthcheck(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      String body =
          api.call(
              console,
              "POST",
              APP
                  + "failover/healthcheck"
                  + (group == null ? "/all" : "?outbound=" + ApiOptions.encoded(group)));
      console.say(api.json ? body : "health check begun" + (group == null ? "" : " for " + group));
    }
  }

  /** When the peer of an outbound was last heard of. */
  @Command(name = "peer", description = "Shows when an outbound's peer was last active.")
  static final class Peer implements Runnable {
    private final Console console;
    @Mixin ApiOptions api = new ApiOptions();

    @Parameters(paramLabel = "TAG", description = "An outbound or group.")
    String tag = "";

    Peer(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      String body =
          api.call(
              console,
              "GET",
              RUNTIME + "outbound/" + ApiOptions.encoded(tag) + "/since_last_peer_active");
      if (api.json) {
        console.say(body);
        return;
      }
      JsonElement since = Connections.object(body).get("since_last_peer_active");
      console.say(
          since == null || since.isJsonNull()
              ? tag + " has never been active"
              : tag + " was active " + Units.span(since.getAsLong()) + " ago");
    }
  }

  /** One probe through what is selected now. */
  @Command(name = "connectivity", description = "Probes through the outbound selected now.")
  static final class Connectivity implements Runnable {
    private final Console console;
    @Mixin ApiOptions api = new ApiOptions();

    Connectivity(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      String body = api.call(console, "GET", RUNTIME + "check_connectivity");
      console.say(api.json ? body : "TCP " + Units.millis(Connections.object(body).get("tcp_ms")));
    }
  }

  /** Bytes moved for a tag or a user. */
  @Command(name = "usage", description = "Shows the bytes moved for a tag or a user.")
  static final class Usage implements Runnable {
    private final Console console;
    @Mixin ApiOptions api = new ApiOptions();

    @Parameters(arity = "0..1", paramLabel = "TAG", description = "An outbound, group or inbound.")
    @Nullable String tag;

    @Option(names = "--user", paramLabel = "ID", description = "An inbound's user instead.")
    @Nullable String user;

    Usage(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      String of = tag != null ? tag : user;
      if (of == null || (tag != null && user != null)) {
        throw new CommandException("name either a TAG or a --user");
      }
      String query = (tag != null ? "tag=" : "userId=") + ApiOptions.encoded(of);
      String body = api.call(console, "GET", RUNTIME + "usage/json?" + query);
      if (api.json) {
        console.say(body);
        return;
      }
      JsonObject usage = Connections.object(body);
      Table table = new Table(tag != null ? "TAG" : "USER", ">SENT", ">RECEIVED");
      table.row(
          of,
          Units.bytes(usage.get("bytes_sent").getAsLong()),
          Units.bytes(usage.get("bytes_recvd").getAsLong()));
      console.say(table.toString());
    }
  }

  /** Ends connections. */
  @Command(name = "close", description = "Ends one connection, or all that pass an outbound.")
  static final class Close implements Runnable {
    private final Console console;
    @Mixin ApiOptions api = new ApiOptions();

    @Parameters(arity = "0..1", paramLabel = "ID", description = "The connection's id, see 'stat'.")
    @Nullable Long id;

    @Option(names = "--outbound", paramLabel = "TAG", description = "All that pass it.")
    @Nullable String outbound;

    Close(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      if ((id == null) == (outbound == null)) {
        throw new CommandException("name either an ID or an --outbound");
      }
      String query = outbound == null ? "id=" + id : "outbound=" + ApiOptions.encoded(outbound);
      String body = api.call(console, "POST", RUNTIME + "stat/close?" + query);
      console.say(api.json ? body : "closed");
    }
  }

  /** Which way a destination would go. */
  @Command(name = "route", description = "Shows which rule and outbounds a destination would take.")
  static final class Route implements Runnable {
    private final Console console;
    @Mixin ApiOptions api = new ApiOptions();

    @Parameters(paramLabel = "HOST:PORT", description = "The destination.")
    String destination = "";

    @Option(names = "--udp", description = "As a UDP flow instead of a TCP connection.")
    boolean udp;

    Route(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      String body =
          api.call(
              console,
              "GET",
              RUNTIME
                  + "route?destination="
                  + ApiOptions.encoded(destination)
                  + "&network="
                  + (udp ? "udp" : "tcp"));
      if (api.json) {
        console.say(body);
        return;
      }
      JsonObject route = Connections.object(body);
      JsonElement rule = route.get("rule");
      StringBuilder chain = new StringBuilder();
      for (JsonElement tag : route.getAsJsonArray("outbounds")) {
        chain.append(chain.isEmpty() ? "" : " -> ").append(tag.getAsString());
      }
      console.say("rule      " + (rule == null || rule.isJsonNull() ? "none" : rule.getAsString()));
      console.say("outbounds " + chain);
    }
  }

  /** Reads the configuration again. */
  @Command(name = "reload", description = "Makes the changed configuration live.")
  static final class Reload implements Runnable {
    private final Console console;
    @Mixin ApiOptions api = new ApiOptions();

    Reload(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      String body = api.call(console, "POST", RUNTIME + "reload");
      console.say(
          api.json ? body : Banner.reloaded(LeafCommands.reloaded(Connections.object(body))));
    }
  }

  /** Stops the runtime. */
  @Command(name = "shutdown", description = "Stops the runtime and the API; the core stays.")
  static final class Shutdown implements Runnable {
    private final Console console;
    @Mixin ApiOptions api = new ApiOptions();

    Shutdown(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      String body = api.call(console, "POST", RUNTIME + "shutdown");
      console.say(api.json ? body : "stopping; 'leaf start' starts it again");
    }
  }

  private static void members(Console console, ApiOptions api, String target, String name) {
    String body = api.call(console, "GET", target);
    if (api.json) {
      console.say(body);
      return;
    }
    Table table = new Table("", "MEMBER", ">PING");
    for (JsonElement one : array(body, name)) {
      JsonObject member = one.getAsJsonObject();
      table.row(
          member.get("is_selected").getAsBoolean() ? "*" : "",
          text(member, "name"),
          Units.millis(member.get("ping_ms")));
    }
    console.say(table.toString());
  }

  static JsonArray array(String body, String name) {
    return Connections.object(body).getAsJsonArray(name);
  }

  /** A text of an object, a dash where there is none. */
  static String text(JsonElement object, String name) {
    JsonElement value = object.getAsJsonObject().get(name);
    return value == null || value.isJsonNull() ? "-" : value.getAsString();
  }
}
