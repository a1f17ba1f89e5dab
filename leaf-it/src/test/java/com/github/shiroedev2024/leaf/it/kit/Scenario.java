package com.github.shiroedev2024.leaf.it.kit;

import com.github.shiroedev2024.leaf.it.Leaf;
import com.github.shiroedev2024.leaf.sdk.contract.BadServerCases;
import com.github.shiroedev2024.leaf.sdk.contract.Normaliser;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** The steps of {@code contract/kit/scenario}, played to one client with a runtime of its own. */
final class Scenario {
  private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(30);
  private static final long EVENTUALLY_NANOS = Duration.ofSeconds(15).toNanos();
  private static final long POLL_NANOS = Duration.ofMillis(5).toNanos();
  private static final Path FOLDER = BadServerCases.folder().resolve("scenario");

  private final JsonArray steps;
  private final JsonObject shapes;

  private Scenario(JsonArray steps, JsonObject shapes) {
    this.steps = steps;
    this.shapes = shapes;
  }

  static Scenario read() throws IOException {
    return new Scenario(
        BadServerCases.read(FOLDER.resolve("steps.json")).getAsJsonArray(),
        BadServerCases.shapes());
  }

  /** What each call must give, in the order of the steps. */
  Map<String, JsonObject> expected() {
    Map<String, JsonObject> expected = new LinkedHashMap<>();
    for (JsonObject step : calls()) {
      JsonObject before = expected.put(name(step), BadServerCases.expected(step));
      if (before != null) {
        throw new IllegalArgumentException("two steps are called '" + name(step) + "'");
      }
    }
    return expected;
  }

  /** The steps that clients take. */
  List<JsonObject> calls() {
    return steps.asList().stream()
        .map(JsonElement::getAsJsonObject)
        .filter(step -> step.has("call"))
        .toList();
  }

  static String name(JsonObject step) {
    return step.get("name").getAsString();
  }

  /** Plays all steps; the results in comparable form, by the names of the steps. */
  Map<String, JsonObject> play(
      Path folder, Surroundings surroundings, BadServerCases.Starter starter) throws Exception {
    Map<String, JsonObject> results = new LinkedHashMap<>();
    Map<String, Flow> flows = new HashMap<>();
    try (Leaf leaf = Leaf.start(folder, configuration("first.json", surroundings));
        BadServerCases.Driver driver =
            starter.start("http://127.0.0.1:" + leaf.apiPort(), RESPONSE_TIMEOUT)) {
      Normaliser normaliser = normaliser(folder, surroundings, leaf);
      for (JsonElement each : steps) {
        JsonObject step = each.getAsJsonObject();
        if (step.has("call")) {
          results.put(name(step), take(driver, step, normaliser));
        } else if (step.has("open")) {
          Flow flow = Flow.open(leaf, step, surroundings.echo().address());
          flows.put(step.get("open").getAsString(), flow);
          flow.exchange(step.get("bytes").getAsInt());
        } else if (step.has("exchange")) {
          flow(flows, step, "exchange").exchange(step.get("bytes").getAsInt());
        } else if (step.has("end")) {
          flow(flows, step, "end").close();
        } else if (step.has("configuration")) {
          leaf.rewrite(configuration(step.get("configuration").getAsString(), surroundings));
        } else {
          throw new IllegalArgumentException("unknown step " + step);
        }
      }
    } finally {
      for (Flow flow : flows.values()) {
        flow.close();
      }
    }
    return results;
  }

  private static Flow flow(Map<String, Flow> flows, JsonObject step, String key) {
    Flow flow = flows.get(step.get(key).getAsString());
    if (flow == null) {
      throw new IllegalArgumentException("no such connection: " + step);
    }
    return flow;
  }

  /** A configuration of the scenario, for these surroundings. */
  static String configuration(String file, Surroundings surroundings) throws IOException {
    return surroundings.filled(BadServerCases.read(FOLDER.resolve(file))).toString();
  }

  private Normaliser normaliser(Path folder, Surroundings surroundings, Leaf leaf) {
    Normaliser normaliser = new Normaliser(shapes, true);
    normaliser.word("127.0.0.1:" + leaf.apiPort(), "<server>").word(folder + "/", "<folder>/");
    surroundings
        .ports()
        .forEach((name, port) -> normaliser.word("127.0.0.1:" + port, "<" + name + ">"));
    return normaliser;
  }

  /** A step that shows what comes about by itself is repeated until it does, or it is too late. */
  private static JsonObject take(
      BadServerCases.Driver driver, JsonObject step, Normaliser normaliser) throws IOException {
    JsonArray call = step.getAsJsonArray("call");
    JsonObject result = normaliser.result(call, driver.take(call));
    if (step.has("eventually")) {
      JsonObject wanted = BadServerCases.expected(step);
      long end = System.nanoTime() + EVENTUALLY_NANOS;
      while (!result.equals(wanted) && System.nanoTime() - end < 0) {
        LockSupport.parkNanos(POLL_NANOS);
        result = normaliser.result(call, driver.take(call));
      }
    }
    return result;
  }
}
