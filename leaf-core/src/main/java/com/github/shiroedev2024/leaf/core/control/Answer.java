package com.github.shiroedev2024.leaf.core.control;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;

/** A reply of the control socket: JSON when it is a success, plain text otherwise. */
record Answer(int status, String type, String body) {
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  static Answer ok(JsonElement json) {
    return new Answer(200, "application/json", text(json));
  }

  static Answer failed(int status, String message) {
    return new Answer(status, "text/plain; charset=utf-8", message + "\n");
  }

  /** Compact JSON, nulls included. */
  static String text(JsonElement json) {
    return GSON.toJson(json);
  }
}
