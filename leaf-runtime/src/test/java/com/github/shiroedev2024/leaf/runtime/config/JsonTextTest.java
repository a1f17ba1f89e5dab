package com.github.shiroedev2024.leaf.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.spi.Problem;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Our JSON against Gson's strict one, and the places that it knows. */
class JsonTextTest {
  private static final Gson GSON = new GsonBuilder().setStrictness(Strictness.STRICT).create();

  private static @Nullable JsonNode read(String text) {
    return JsonText.read(text, "f", new Problems());
  }

  private static Problem problem(String text) {
    Problems problems = new Problems();
    JsonText.read(text, "f", problems);
    assertThat(problems.all()).hasSize(1);
    return problems.all().getFirst();
  }

  @Test
  void knowsLinesAndPaths() {
    JsonNode root = Objects.requireNonNull(read("{\n\"a\": [\n1,\n{\"b c\":\n\"x\"}]}"));
    JsonNode list = Objects.requireNonNull(Objects.requireNonNull(root.object()).get("a"));
    JsonNode second = Objects.requireNonNull(list.array()).get(1);
    JsonNode text = Objects.requireNonNull(Objects.requireNonNull(second.object()).get("b c"));
    assertThat(root.source().toString()).isEqualTo("f:1");
    assertThat(list.source().toString()).isEqualTo("f:2 (a)");
    assertThat(second.source().toString()).isEqualTo("f:4 (a[1])");
    assertThat(text.source().toString()).isEqualTo("f:5 (a[1].b c)");
  }

  @Test
  void readsEveryKindOfValue() {
    assertThat(same("[1, -0, 1.5e3, 9223372036854775807, 99999999999999999999, true, false, null]"))
        .isTrue();
    assertThat(same("\"\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u00e4 \\ud83d\\ude00 ä 😀\"")).isTrue();
    assertThat(same(" \t\r\n{ \"a\" : { } , \"b\" : [ ] } \n")).isTrue();
  }

  @Test
  void tellsWhereASyntaxErrorIs() {
    assertThat(problem("{\n\"a\": [1,\n2,\n]}").toString())
        .isEqualTo("f:4 (a): error: not JSON: a comma stands before ']'; remove the comma");
    assertThat(problem("[\n//x\n]").message()).isEqualTo("not JSON: it has no comments");
    assertThat(problem("").message()).isEqualTo("not JSON: it is empty");
    assertThat(problem("{\"a\": tru}").source().path()).isEmpty();
  }

  @Test
  void boundsTheDepth() {
    assertThat(read("[".repeat(64) + "]".repeat(64))).isNotNull();
    assertThat(problem("[".repeat(65) + "]".repeat(65)).message()).contains("deeper than 64");
    assertThat(problem("[".repeat(1_000_000)).message()).contains("deeper than 64");
    assertThat(problem("{\"a\":".repeat(1_000_000)).message()).contains("deeper than 64");
  }

  @Test
  void agreesWithGsonOnMutatedConfigurations() throws IOException {
    List<String> texts = new ArrayList<>();
    for (String folder : List.of("valid", "malformed")) {
      for (var file : Corpus.files(folder)) {
        if (file.toString().endsWith(".json")) {
          texts.add(Files.readString(file));
        }
      }
    }
    Seeds.forEach(
        3000,
        random -> {
          String text = Mutations.of(random, texts.get(random.nextInt(texts.size())));
          assertThat(agree(text)).as(text).isTrue();
        });
  }

  @Test
  void agreesWithGsonOnRandomTokens() {
    List<String> tokens =
        List.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"a\"",
            "\"b\"",
            "1",
            "-",
            "0",
            ".5",
            "1.",
            "e1",
            "+",
            "true",
            "false",
            "null",
            "nul",
            " ",
            "\n",
            "\"",
            "\\",
            "\"\\u0041\"",
            "'",
            "#",
            "//",
            "NaN",
            "\u00a0",
            "\t",
            "01",
            "-1",
            "1e5");
    Seeds.forEach(
        20_000,
        random -> {
          StringBuilder text = new StringBuilder();
          for (int i = random.nextInt(12); i >= 0; i--) {
            text.append(tokens.get(random.nextInt(tokens.size())));
          }
          assertThat(agree(text.toString())).as(text.toString()).isTrue();
        });
  }

  @Test
  void readsWhatGsonWrites() {
    Seeds.forEach(
        500,
        random -> {
          String text = GSON.toJson(element(random, 0));
          assertThat(same(text)).as(text).isTrue();
        });
  }

  private static JsonElement element(Random random, int depth) {
    return switch (random.nextInt(depth > 4 ? 4 : 6)) {
      case 0 -> new JsonPrimitive(string(random));
      case 1 -> new JsonPrimitive(random.nextLong());
      case 2 -> new JsonPrimitive(random.nextDouble());
      case 3 -> random.nextBoolean() ? JsonNull.INSTANCE : new JsonPrimitive(random.nextBoolean());
      case 4 -> {
        JsonArray array = new JsonArray();
        for (int i = random.nextInt(4); i > 0; i--) {
          array.add(element(random, depth + 1));
        }
        yield array;
      }
      default -> {
        JsonObject object = new JsonObject();
        for (int i = random.nextInt(4); i > 0; i--) {
          object.add("k" + random.nextInt(100), element(random, depth + 1));
        }
        yield object;
      }
    };
  }

  private static String string(Random random) {
    int[] characters = " a\"\\\n\u0001ä\u2028😀/<".codePoints().toArray();
    StringBuilder s = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      s.appendCodePoint(characters[random.nextInt(characters.length)]);
    }
    return s.toString();
  }

  /** Whether both take the text or both refuse it; what only we refuse is left out. */
  private static boolean agree(String text) {
    if (text.startsWith("\uFEFF")) {
      return true; // Gson passes over it, we take it off before
    }
    Problems problems = new Problems();
    JsonText.read(text, "f", problems);
    boolean ours = true;
    for (Problem problem : problems.all()) {
      if (problem.message().contains("surrogate") || problem.message().contains("deeper")) {
        return true;
      }
      ours &= !problem.message().startsWith("not JSON");
    }
    return ours == (gson(text) != null);
  }

  private static boolean same(String text) {
    JsonNode ours = read(text);
    JsonElement theirs = gson(text);
    return ours != null && theirs != null && equal(ours, theirs);
  }

  private static @Nullable JsonElement gson(String text) {
    try {
      return GSON.fromJson(text, JsonElement.class);
    } catch (JsonParseException e) {
      // Gson refuses a name that is there twice; we go on and tell it apart from bad syntax.
      String message = e.getMessage();
      return message != null && message.contains("duplicate key") ? JsonNull.INSTANCE : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static boolean equal(JsonNode ours, JsonElement theirs) {
    if (theirs.isJsonNull()) {
      return ours.isNull();
    }
    List<JsonNode> items = ours.array();
    if (items != null) {
      if (!theirs.isJsonArray() || theirs.getAsJsonArray().size() != items.size()) {
        return false;
      }
      for (int i = 0; i < items.size(); i++) {
        if (!equal(items.get(i), theirs.getAsJsonArray().get(i))) {
          return false;
        }
      }
      return true;
    }
    var members = ours.object();
    if (members != null) {
      return theirs.isJsonObject()
          && theirs.getAsJsonObject().keySet().equals(members.keySet())
          && members.entrySet().stream()
              .allMatch(
                  e ->
                      equal(
                          e.getValue(),
                          Objects.requireNonNull(theirs.getAsJsonObject().get(e.getKey()))));
    }
    return switch (ours.raw()) {
      case String s -> theirs.getAsString().equals(s) && theirs.getAsJsonPrimitive().isString();
      case Long n -> theirs.getAsLong() == n;
      case Double d -> theirs.getAsDouble() == d;
      case Boolean b -> theirs.getAsBoolean() == b;
      default -> false;
    };
  }
}
