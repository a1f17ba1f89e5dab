package com.github.shiroedev2024.leaf.sdk.contract;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The kit's cases of one file, in which a client meets a server that answers oddly, badly or not at
 * all. {@code contract/README.md} tells how they are written.
 */
public final class BadServerCases {
  /** A client that takes steps. */
  public interface Driver extends Closeable {
    /** What came of the step, as the kit's protocol has it. */
    JsonObject take(JsonArray step) throws IOException;
  }

  /** Starts a client. */
  public interface Starter {
    Driver start(String baseUrl, Duration responseTimeout) throws IOException;
  }

  private final String name;
  private final JsonObject file;
  private final JsonObject shapes;

  private BadServerCases(String name, JsonObject file, JsonObject shapes) {
    this.name = name;
    this.file = file;
    this.shapes = shapes;
  }

  /** Where the kit lies. */
  public static Path folder() {
    return Path.of(System.getProperty("leaf.root", "../.."), "contract", "kit").toAbsolutePath();
  }

  /** The fields of every reply, each with the value it has when the server leaves it out. */
  public static JsonObject shapes() throws IOException {
    return read(folder().resolve("replies.json")).getAsJsonObject();
  }

  /** The JSON of a file. */
  public static JsonElement read(Path file) throws IOException {
    return JsonParser.parseString(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
  }

  /** All files, in the order of their names. */
  public static List<BadServerCases> all() throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.list(folder().resolve("bad-server"))) {
      files = list.sorted().collect(Collectors.toList());
    }
    JsonObject shapes = shapes();
    List<BadServerCases> all = new ArrayList<>();
    for (Path file : files) {
      String name = String.valueOf(file.getFileName()).replace(".json", "");
      all.add(new BadServerCases(name, read(file).getAsJsonObject(), shapes));
    }
    return all;
  }

  /** The file's name. */
  public String name() {
    return name;
  }

  /** The first element of each step in it. */
  public List<String> calls() {
    List<String> calls = new ArrayList<>();
    for (JsonElement each : file.getAsJsonArray("cases")) {
      calls.add(each.getAsJsonObject().getAsJsonArray("call").get(0).getAsString());
    }
    return calls;
  }

  /**
   * Plays all cases to a client.
   *
   * @param client its name in the data, such as {@code java-android}
   * @return what was not as expected, each with the names of case and client; empty when all was
   */
  public List<String> differences(String client, Starter starter) throws IOException {
    Duration timeout =
        Duration.ofMillis(
            file.has("response_timeout_ms") ? file.get("response_timeout_ms").getAsLong() : 20_000);
    List<String> differences = new ArrayList<>();
    if (file.has("down")) {
      String authority = "127.0.0.1:" + closedPort();
      try (Driver driver = starter.start("http://" + authority, timeout)) {
        for (JsonElement each : file.getAsJsonArray("cases")) {
          JsonObject one = forClient(each.getAsJsonObject(), client);
          compare(client, one, take(driver, one, authority), differences);
        }
      }
      return differences;
    }
    try (BadServer server = new BadServer(BadAnswer.json("{}"));
        Driver driver = starter.start(server.url(), timeout)) {
      for (JsonElement each : file.getAsJsonArray("cases")) {
        JsonObject one = forClient(each.getAsJsonObject(), client);
        server.answer(BadAnswer.of(one.getAsJsonObject("server")));
        int times = one.has("times") ? one.get("times").getAsInt() : 1;
        for (int i = 0; i < times; i++) {
          compare(client, one, take(driver, one, server.authority()), differences);
        }
        List<String> wanted = requests(one, times);
        if (wanted != null && !server.requests().equals(wanted)) {
          differences.add(
              where(client, one) + "sent " + server.requests() + "\n  instead of " + wanted);
        }
      }
    }
    return differences;
  }

  private static int closedPort() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return taken.getLocalPort();
    }
  }

  /** The case with what it says about this client alone. */
  private static JsonObject forClient(JsonObject each, String client) {
    if (!each.has("except") || !each.getAsJsonObject("except").has(client)) {
      return each;
    }
    JsonObject own = each.getAsJsonObject("except").getAsJsonObject(client);
    if (!own.has("because")) {
      throw new IllegalArgumentException("an exception without its reason: " + each);
    }
    JsonObject one = each.deepCopy();
    one.remove("ok");
    one.remove("error");
    own.entrySet().forEach(key -> one.add(key.getKey(), key.getValue()));
    return one;
  }

  private JsonObject take(Driver driver, JsonObject one, String authority) throws IOException {
    JsonArray step = one.getAsJsonArray("call");
    return new Normaliser(shapes, false)
        .word(authority, "<server>")
        .result(step, driver.take(step));
  }

  private void compare(String client, JsonObject one, JsonObject got, List<String> differences) {
    JsonObject wanted = expected(one);
    if (!got.equals(wanted)) {
      differences.add(where(client, one) + JsonDifferences.between(got, wanted));
    }
  }

  /** The part of a case or step that a result is compared with. */
  public static JsonObject expected(JsonObject one) {
    JsonObject wanted = new JsonObject();
    for (String key : new String[] {"ok", "error"}) {
      if (one.has(key)) {
        wanted.add(key, Normaliser.expectation(one.get(key)));
      }
    }
    if (wanted.size() != 1) {
      throw new IllegalArgumentException("neither ok nor error is expected, or both: " + one);
    }
    return wanted;
  }

  private String where(String client, JsonObject one) {
    String title = one.get("name").getAsString();
    return client + ", " + name + ", '" + title + "', " + one.get("call") + ": ";
  }

  /** Null when the case does not say. */
  private static @Nullable List<String> requests(JsonObject one, int times) {
    if (!one.has("request")) {
      return null;
    }
    return one.get("request").isJsonNull()
        ? Collections.emptyList()
        : Collections.nCopies(times, one.get("request").getAsString());
  }
}
