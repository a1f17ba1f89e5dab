package com.github.shiroedev2024.leaf.api.model;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Decimals as the API writes them: one to three digits after the point, never an exponent. */
public final class Decimals {
  /** Beyond this a double has no thousandths any more. */
  private static final double MOST = 1e12;

  private Decimals() {}

  /** The number as text; null for what is no number. */
  public static @Nullable String text(double value) {
    if (Double.isNaN(value) || Math.abs(value) > MOST) {
      return null;
    }
    long thousandths = Math.round(Math.abs(value) * 1000);
    String sign = value < 0 && thousandths != 0 ? "-" : "";
    StringBuilder text = new StringBuilder(16).append(sign).append(thousandths / 1000).append('.');
    int rest = (int) (thousandths % 1000);
    text.append((char) ('0' + rest / 100));
    if (rest % 100 != 0) {
      text.append((char) ('0' + rest / 10 % 10));
      if (rest % 10 != 0) {
        text.append((char) ('0' + rest % 10));
      }
    }
    return text.toString();
  }

  /** Writes a reading; one that does not exist is {@code null}. */
  static void write(JsonWriter json, String name, @Nullable Double value) throws IOException {
    json.name(name);
    String text = value == null ? null : text(value);
    if (text == null) {
      json.nullValue();
    } else {
      json.jsonValue(text);
    }
  }
}
