package com.github.shiroedev2024.leaf.api.model;

import com.github.shiroedev2024.leaf.runtime.control.Replies.ConfigProblem;
import com.github.shiroedev2024.leaf.runtime.control.Replies.LogPage;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Reloaded;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Route;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Usage;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.util.List;

/** Replies about the runtime as a whole. */
public final class RuntimeReplies {
  private RuntimeReplies() {}

  static void strings(JsonWriter json, String name, List<String> values) throws IOException {
    json.name(name).beginArray();
    for (String value : values) {
      json.value(value);
    }
    json.endArray();
  }

  public static void reloaded(JsonWriter json, Reloaded reloaded) throws IOException {
    json.beginObject();
    strings(json, "added", reloaded.added());
    strings(json, "removed", reloaded.removed());
    strings(json, "changed", reloaded.changed());
    json.name("kept_connections").value(reloaded.keptConnections());
    json.name("closed_connections").value(reloaded.closedConnections());
    json.endObject();
  }

  public static void connectivity(JsonWriter json, double tcpMs) throws IOException {
    json.beginObject();
    Decimals.write(json, "tcp_ms", tcpMs);
    json.endObject();
  }

  public static void usage(JsonWriter json, Usage usage) throws IOException {
    json.beginObject();
    json.name("bytes_sent").value(usage.bytesSent());
    json.name("bytes_recvd").value(usage.bytesRecvd());
    json.endObject();
  }

  public static void logs(JsonWriter json, LogPage page) throws IOException {
    json.beginObject();
    strings(json, "messages", page.messages());
    json.name("total").value(page.total());
    json.name("next").value(page.next());
    json.endObject();
  }

  public static void problems(JsonWriter json, List<ConfigProblem> problems) throws IOException {
    json.beginObject();
    json.name("problems").beginArray();
    for (ConfigProblem problem : problems) {
      json.beginObject();
      json.name("severity").value(problem.severity());
      json.name("file").value(problem.file());
      json.name("line").value(problem.line());
      json.name("path").value(problem.path());
      json.name("text").value(problem.text());
      json.name("reason").value(problem.reason());
      json.name("remedy").value(problem.remedy());
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }

  public static void route(JsonWriter json, Route route) throws IOException {
    json.beginObject();
    json.name("destination").value(route.destination());
    json.name("network").value(route.network());
    json.name("rule").value(route.rule());
    json.name("outbound_tag").value(route.outboundTag());
    strings(json, "outbounds", route.outbounds());
    json.endObject();
  }

  /** How many connections a call has ended. */
  public static void closed(JsonWriter json, int connections) throws IOException {
    json.beginObject();
    json.name("closed_connections").value(connections);
    json.endObject();
  }
}
