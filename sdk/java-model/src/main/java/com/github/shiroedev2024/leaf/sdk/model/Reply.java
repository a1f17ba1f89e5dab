package com.github.shiroedev2024.leaf.sdk.model;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;

/** An answer of the runtime; it prints itself as JSON, field for field. */
public abstract class Reply {
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  Reply() {}

  /** The reply as compact JSON with the names that the API uses, absent readings as null. */
  @Override
  public final String toString() {
    return GSON.toJson(this);
  }
}
