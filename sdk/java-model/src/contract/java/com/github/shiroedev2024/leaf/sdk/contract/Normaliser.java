package com.github.shiroedev2024.leaf.sdk.contract;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the results of different clients comparable. A field that is missing gets the value that
 * typed clients give it; what differs from run to run or from language to language (addresses,
 * readings, method names in texts) becomes a word in angle brackets. A reading that cannot be true
 * stays as it is and so differs from what is expected.
 */
public final class Normaliser {
  private static final String BROKE_OFF = " broke off: ";
  private static final long LONGEST_SECONDS = 3600;

  private final JsonObject shapes;
  private final boolean strict;
  private final Map<String, String> words = new LinkedHashMap<>();

  /**
   * Knows replies by the kit's list of them.
   *
   * @param strict whether fields that the list lacks are kept and so found, rather than dropped
   */
  public Normaliser(JsonObject shapes, boolean strict) {
    this.shapes = shapes;
    this.strict = strict;
  }

  /** Replaces a text wherever it occurs; those told first are replaced first. */
  public Normaliser word(String text, String placeholder) {
    words.put(text, placeholder);
    return this;
  }

  /** The comparable form of a driver's answer to a step. */
  public JsonObject result(JsonArray step, JsonObject answer) {
    String call = step.get(0).getAsString();
    JsonObject result = new JsonObject();
    for (Map.Entry<String, JsonElement> part : answer.entrySet()) {
      if (part.getKey().equals("ok")) {
        result.add("ok", values(shaped(part.getValue(), shapes.get(call)), ""));
      } else if (part.getKey().equals("error")) {
        result.add("error", error(call, part.getValue().getAsJsonObject()));
      } else {
        result.add(part.getKey(), part.getValue());
      }
    }
    return result;
  }

  private JsonObject error(String call, JsonObject told) {
    JsonObject error = told.deepCopy();
    String text = told.has("text") ? told.get("text").getAsString() : "";
    String snake = call.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    if (text.startsWith(snake + ":")) {
      text = call + text.substring(snake.length());
    }
    int reason = text.indexOf(BROKE_OFF);
    if (reason >= 0 && text.length() > reason + BROKE_OFF.length()) {
      text = text.substring(0, reason) + BROKE_OFF + "<reason>";
    }
    error.addProperty("text", placeholders(text));
    return error;
  }

  /** The fields of the shape, in its order; a missing one has the shape's value. */
  private JsonElement shaped(JsonElement told, @Nullable JsonElement shape) {
    if (shape == null || shape.isJsonNull() || shape.isJsonPrimitive()) {
      return told;
    }
    if (shape.isJsonArray() && told.isJsonArray()) {
      JsonArray list = new JsonArray();
      for (JsonElement each : told.getAsJsonArray()) {
        list.add(shaped(each, shape.getAsJsonArray().get(0)));
      }
      return list;
    }
    if (!shape.isJsonObject() || !told.isJsonObject()) {
      return told;
    }
    JsonObject object = new JsonObject();
    for (Map.Entry<String, JsonElement> field : shape.getAsJsonObject().entrySet()) {
      JsonElement value = told.getAsJsonObject().get(field.getKey());
      JsonElement wanted = field.getValue();
      boolean missing = value == null || value.isJsonNull();
      object.add(
          field.getKey(),
          !missing ? shaped(value, wanted) : wanted.isJsonPrimitive() ? wanted : JsonNull.INSTANCE);
    }
    if (strict) {
      for (Map.Entry<String, JsonElement> field : told.getAsJsonObject().entrySet()) {
        if (!object.has(field.getKey())) {
          object.add(field.getKey(), field.getValue());
        }
      }
    }
    return object;
  }

  private JsonElement values(JsonElement told, String name) {
    if (told.isJsonArray()) {
      JsonArray list = new JsonArray();
      for (JsonElement each : told.getAsJsonArray()) {
        list.add(values(each, name));
      }
      return list;
    }
    if (told.isJsonObject()) {
      JsonObject object = new JsonObject();
      for (Map.Entry<String, JsonElement> field : told.getAsJsonObject().entrySet()) {
        object.add(field.getKey(), values(field.getValue(), field.getKey()));
      }
      return object;
    }
    if (!told.isJsonPrimitive()) {
      return told;
    }
    JsonPrimitive value = told.getAsJsonPrimitive();
    if (value.isNumber()) {
      return number(value.getAsBigDecimal(), name);
    }
    return value.isString() ? new JsonPrimitive(placeholders(value.getAsString())) : value;
  }

  /** Only strict results come from a runtime, where readings differ from run to run. */
  private JsonElement number(BigDecimal told, String name) {
    BigDecimal value = told.signum() == 0 ? BigDecimal.ZERO : told.stripTrailingZeros();
    value = value.scale() < 0 ? value.setScale(0) : value;
    if (strict) {
      if (name.endsWith("_ms") && value.scale() <= 3 && between(value, 0, 60_000)) {
        return new JsonPrimitive("<ms>");
      }
      if (name.equals("duration") && between(value, 0, LONGEST_SECONDS)) {
        return new JsonPrimitive("<seconds>");
      }
      if (value.scale() <= 0) {
        long now = System.currentTimeMillis() / 1000;
        if ((name.equals("start_time") || name.equals("last_peer_active"))
            && between(value, now - LONGEST_SECONDS, now)) {
          return new JsonPrimitive("<time>");
        }
        if (name.equals("since_last_peer_active") && between(value, 0, LONGEST_SECONDS)) {
          return new JsonPrimitive("<seconds>");
        }
        if (name.equals("id") && value.signum() > 0) {
          return new JsonPrimitive("<id>");
        }
        if (name.equals("next") && value.signum() >= 0) {
          return new JsonPrimitive("<cursor>");
        }
      }
    }
    return new JsonPrimitive(value);
  }

  private static boolean between(BigDecimal value, long least, long most) {
    return value.compareTo(BigDecimal.valueOf(least)) >= 0
        && value.compareTo(BigDecimal.valueOf(most)) <= 0;
  }

  private String placeholders(String text) {
    String out = text;
    for (Map.Entry<String, String> word : words.entrySet()) {
      out = out.replace(word.getKey(), word.getValue());
    }
    return strict ? readings(out) : out;
  }

  /** Clock times, durations and the ports of local clients, as log lines and sources show them. */
  private static String readings(String text) {
    return text.replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z", "<time>")
        .replaceAll("\\b(\\w+_ms|duration)=\\d+(\\.\\d+)?(ms|s)?\\b", "$1=<ms>")
        .replaceAll("\\bid=\\d+\\b", "id=<id>")
        .replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:<port>");
  }

  /** An expectation in the same comparable form, for numbers are written in many ways. */
  static JsonElement expectation(JsonElement told) {
    return new Normaliser(new JsonObject(), false).values(told, "");
  }
}
