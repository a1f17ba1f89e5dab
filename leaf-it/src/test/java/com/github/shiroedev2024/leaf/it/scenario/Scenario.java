package com.github.shiroedev2024.leaf.it.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder with the files of one case: {@code client.conf} and {@code client.json} that mean the
 * same, {@code server.json} (and {@code server.conf} where that format can say it), and {@code
 * scenario.json} with what holds for it.
 */
record Scenario(Path folder, JsonObject told) {
  private static final Set<String> KEYS =
      Set.of("user", "udp", "halfClose", "outbound", "inbound", "fallback", "probes", "slow");

  /** All cases below {@code leaf-it/scenarios/KIND}, by name. */
  static List<Path> folders(String kind) {
    Path root = Path.of(System.getProperty("leaf.root"), "leaf-it", "scenarios", kind);
    try (Stream<Path> folders = Files.list(root)) {
      return folders.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonObject json(Path file) {
    try {
      return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Scenario read(Path folder) {
    JsonObject told = json(folder.resolve("scenario.json"));
    assertThat(KEYS).as(folder + "/scenario.json").containsAll(told.keySet());
    return new Scenario(folder, told);
  }

  String name() {
    return String.valueOf(folder.getFileName());
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  boolean has(String name) {
    return Files.exists(file(name));
  }

  /** The user that the server counts the traffic for; null: none. */
  @Nullable String user() {
    JsonElement user = told.get("user");
    return user == null ? null : user.getAsString();
  }

  boolean udp() {
    return flag("udp", true);
  }

  /** Whether an end of one direction reaches the other side as that. */
  boolean halfClose() {
    return flag("halfClose", true);
  }

  /** The client's outbound that carries the traffic. */
  String outbound() {
    return told.has("outbound") ? told.get("outbound").getAsString() : "node";
  }

  /** The server's inbound. */
  String inbound() {
    return told.has("inbound") ? told.get("inbound").getAsString() : "in";
  }

  /** Whether strangers to the server see the echo instead. */
  boolean fallback() {
    return flag("fallback", false);
  }

  /** Whether the client's group probes by itself while traffic runs. */
  boolean probes() {
    return flag("probes", false);
  }

  /** Whether it is left to the run of everything. */
  boolean slow() {
    return flag("slow", false);
  }

  private boolean flag(String name, boolean otherwise) {
    return told.has(name) ? told.get(name).getAsBoolean() : otherwise;
  }
}
