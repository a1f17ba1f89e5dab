package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Typed reading of a preferences object: what cannot be used has the default, as in the core. */
final class PreferenceFields {
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  private final JsonObject object;

  PreferenceFields(JsonObject object) {
    this.object = object;
  }

  static String text(JsonObject object) {
    return GSON.toJson(object);
  }

  static JsonArray array(List<String> items) {
    JsonArray out = new JsonArray();
    items.forEach(out::add);
    return out;
  }

  @Nullable String text(String name) {
    JsonElement value = object.get(name);
    return isText(value) ? value.getAsString() : null;
  }

  boolean flag(String name) {
    JsonElement value = object.get(name);
    return value != null
        && value.isJsonPrimitive()
        && value.getAsJsonPrimitive().isBoolean()
        && value.getAsBoolean();
  }

  @Nullable Long wholeOrNull(String name) {
    JsonElement value = object.get(name);
    if (value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()) {
      return null;
    }
    try {
      return value.getAsBigDecimal().longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      return null;
    }
  }

  long natural(String name) {
    Long value = wholeOrNull(name);
    return value == null || value < 0 ? 0 : value;
  }

  int port(String name) {
    Long value = wholeOrNull(name);
    return value == null || value < 1 || value > 65_535
        ? LeafPreferences.DEFAULT_API_PORT
        : value.intValue();
  }

  LogLevel level(String name) {
    Long value = wholeOrNull(name);
    return value == null || value < 0 || value > 4 ? LogLevel.INFO : LogLevel.of(value.intValue());
  }

  List<String> list(String name) {
    JsonElement value = object.get(name);
    if (value == null || !value.isJsonArray()) {
      return Collections.emptyList();
    }
    List<String> out = new ArrayList<>();
    for (JsonElement item : value.getAsJsonArray()) {
      if (!isText(item)) {
        return Collections.emptyList();
      }
      out.add(item.getAsString());
    }
    return Collections.unmodifiableList(out);
  }

  private static boolean isText(@Nullable JsonElement value) {
    return value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
  }
}
