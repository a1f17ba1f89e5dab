package com.github.shiroedev2024.leaf.core.control;

import com.github.shiroedev2024.leaf.core.process.Core;
import com.github.shiroedev2024.leaf.core.process.RunningLeaf;
import com.github.shiroedev2024.leaf.core.process.StartException;
import com.github.shiroedev2024.leaf.core.process.StateEvent;
import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import com.github.shiroedev2024.leaf.runtime.control.Replies.ConfigProblem;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Reloaded;
import com.github.shiroedev2024.leaf.runtime.prefs.LeafPreferences;
import com.github.shiroedev2024.leaf.runtime.prefs.PreferencesJson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What each call of the control socket does. All block and belong on a virtual thread. */
final class ControlCalls {
  /** One call: the request's query and body in, the reply out. */
  @FunctionalInterface
  interface Call {
    Answer answer(Map<String, String> query, String body) throws StartException;
  }

  private final Core core;
  private final String version;
  private final Map<String, Map<String, Call>> paths;

  ControlCalls(Core core, String version) {
    this.core = core;
    this.version = version;
    this.paths =
        Map.of(
            "/v1/ping", Map.of("GET", this::ping),
            "/v1/status", Map.of("GET", this::status),
            "/v1/leaf/start", Map.of("POST", this::start),
            "/v1/leaf/reload", Map.of("POST", this::reload),
            "/v1/leaf/stop", Map.of("POST", this::stop),
            "/v1/config/test", Map.of("POST", this::test),
            "/v1/preferences", Map.of("GET", this::preferences, "PATCH", this::change));
  }

  /** Method to call, of each path. */
  Map<String, Map<String, Call>> paths() {
    return paths;
  }

  private Answer ping(Map<String, String> query, String body) {
    JsonObject out = new JsonObject();
    out.addProperty("version", version);
    out.addProperty("pid", ProcessHandle.current().pid());
    return Answer.ok(out);
  }

  private Answer status(Map<String, String> query, String body) {
    Core.LeafStatus leaf = core.leaf();
    JsonObject coreOut = new JsonObject();
    coreOut.addProperty("state", core.phase().word());
    coreOut.addProperty("pid", ProcessHandle.current().pid());
    coreOut.addProperty("version", version);
    coreOut.addProperty("started_at", core.startedAt().getEpochSecond());
    JsonObject leafOut = new JsonObject();
    leafOut.addProperty("state", leaf.phase().word());
    leafOut.addProperty("error", leaf.error());
    leafOut.addProperty("since", leaf.since().getEpochSecond());
    leafOut.addProperty("configuration", core.starter().configuration());
    RunningLeaf running = leaf.running();
    leafOut.addProperty("api_port", running == null ? null : running.apiPort());
    leafOut.add("listeners", running == null ? new JsonArray() : listeners(running));
    JsonObject out = new JsonObject();
    out.add("core", coreOut);
    out.add("leaf", leafOut);
    return Answer.ok(out);
  }

  private static JsonArray listeners(RunningLeaf running) {
    JsonArray out = new JsonArray();
    for (RunningLeaf.Listener listener : running.listeners()) {
      JsonObject one = new JsonObject();
      one.addProperty("name", listener.name());
      one.addProperty("type", listener.what());
      one.addProperty("address", listener.address());
      out.add(one);
    }
    return out;
  }

  private Answer start(Map<String, String> query, String body) throws StartException {
    RunningLeaf running = core.startLeaf();
    JsonObject out = new JsonObject();
    out.addProperty("api_port", running.apiPort());
    out.add("listeners", listeners(running));
    return Answer.ok(out);
  }

  private Answer reload(Map<String, String> query, String body) {
    Reloaded reloaded = core.reloadLeaf();
    JsonObject out = new JsonObject();
    out.add("added", array(reloaded.added()));
    out.add("removed", array(reloaded.removed()));
    out.add("changed", array(reloaded.changed()));
    out.addProperty("kept_connections", reloaded.keptConnections());
    out.addProperty("closed_connections", reloaded.closedConnections());
    return Answer.ok(out);
  }

  private Answer stop(Map<String, String> query, String body) {
    JsonObject out = new JsonObject();
    out.addProperty("stopped", core.stopLeaf());
    return Answer.ok(out);
  }

  private Answer test(Map<String, String> query, String body) {
    List<ConfigProblem> problems =
        body.isEmpty() ? core.starter().test() : core.starter().test(body);
    JsonArray all = new JsonArray();
    for (ConfigProblem problem : problems) {
      JsonObject one = new JsonObject();
      one.addProperty("severity", problem.severity());
      one.addProperty("file", problem.file());
      one.addProperty("line", problem.line());
      one.addProperty("path", problem.path());
      one.addProperty("text", problem.text());
      one.addProperty("reason", problem.reason());
      one.addProperty("remedy", problem.remedy());
      all.add(one);
    }
    JsonObject out = new JsonObject();
    out.add("problems", all);
    return Answer.ok(out);
  }

  private Answer preferences(Map<String, String> query, String body) {
    return prefs(core.preferences());
  }

  private Answer change(Map<String, String> query, String body) {
    try {
      JsonElement changes = JsonParser.parseString(body);
      if (changes instanceof JsonObject object) {
        return prefs(core.updatePreferences(object));
      }
    } catch (JsonParseException e) {
      // told below
    } catch (IllegalArgumentException e) {
      throw new ControlException(
          ControlException.Kind.BAD_REQUEST, String.valueOf(e.getMessage()), e);
    }
    throw new ControlException(
        ControlException.Kind.BAD_REQUEST, "the body must be a JSON object of preferences");
  }

  private static Answer prefs(LeafPreferences preferences) {
    return Answer.ok(PreferencesJson.write(preferences));
  }

  private static JsonArray array(List<String> items) {
    JsonArray out = new JsonArray();
    items.forEach(out::add);
    return out;
  }

  /** The data of a server-sent event. */
  static String json(StateEvent event) {
    JsonObject out = new JsonObject();
    out.addProperty("subject", event.subject().name().toLowerCase(Locale.ROOT));
    out.addProperty("state", event.phase().word());
    out.addProperty("error", event.error());
    out.add("at", new JsonPrimitive(BigDecimal.valueOf(event.at().toEpochMilli(), 3)));
    return Answer.text(out);
  }
}
