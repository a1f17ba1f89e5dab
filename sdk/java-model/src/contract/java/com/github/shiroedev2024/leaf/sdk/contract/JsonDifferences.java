package com.github.shiroedev2024.leaf.sdk.contract;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells where two JSON values differ, one line for each place. */
public final class JsonDifferences {
  private final StringBuilder lines = new StringBuilder();

  private JsonDifferences() {}

  /** Such as {@code ok[0].timings.dns_ms: 3 instead of null}; empty for equal values. */
  public static String between(@Nullable JsonElement got, JsonElement wanted) {
    JsonDifferences differences = new JsonDifferences();
    differences.compare("", got, wanted);
    return differences.lines.toString();
  }

  private void compare(String path, @Nullable JsonElement got, @Nullable JsonElement wanted) {
    if (got == null || wanted == null) {
      tell(path, got, wanted);
    } else if (got.isJsonObject() && wanted.isJsonObject()) {
      JsonObject left = got.getAsJsonObject();
      JsonObject right = wanted.getAsJsonObject();
      Set<String> names = new LinkedHashSet<>(right.keySet());
      names.addAll(left.keySet());
      for (String name : names) {
        compare(path.isEmpty() ? name : path + "." + name, left.get(name), right.get(name));
      }
    } else if (got.isJsonArray() && wanted.isJsonArray()) {
      JsonArray left = got.getAsJsonArray();
      JsonArray right = wanted.getAsJsonArray();
      for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
        compare(
            path + "[" + i + "]",
            i < left.size() ? left.get(i) : null,
            i < right.size() ? right.get(i) : null);
      }
    } else if (!got.equals(wanted)) {
      tell(path, got, wanted);
    }
  }

  private void tell(String path, @Nullable JsonElement got, @Nullable JsonElement wanted) {
    lines.append("\n  ").append(path).append(": ").append(told(got));
    lines.append(" instead of ").append(told(wanted));
  }

  private static String told(@Nullable JsonElement value) {
    return value == null ? "nothing" : value.toString();
  }
}
