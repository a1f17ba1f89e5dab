package com.github.shiroedev2024.leaf.sdk.contract;

import com.github.shiroedev2024.leaf.sdk.LeafException;
import com.github.shiroedev2024.leaf.sdk.RuntimeApi;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls of the contract kit with a Java client: one step a line on standard input, one
 * result a line on standard output, as {@code contract/README.md} lays down.
 */
public final class ContractDriver {
  /** The client under test, made for a base URL and a response timeout. */
  public interface Maker {
    RuntimeApi make(String baseUrl, Duration responseTimeout);
  }

  private interface Call {
    @Nullable Object make(RuntimeApi api, JsonArray step) throws IOException;
  }

  private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(30);

  private static final Map<String, Call> CALLS =
      Map.ofEntries(
          Map.entry("reload", (api, step) -> api.reload()),
          Map.entry(
              "shutdown",
              (api, step) -> {
                api.shutdown();
                return null;
              }),
          Map.entry("checkConnectivity", (api, step) -> api.checkConnectivity()),
          Map.entry("getStats", (api, step) -> api.getStats()),
          Map.entry("getRecentStats", (api, step) -> api.getRecentStats()),
          Map.entry("getUsage", (api, step) -> api.getUsage(text(step, 1))),
          Map.entry("getUsageByUserId", (api, step) -> api.getUsageByUserId(text(step, 1))),
          Map.entry("getLogs", (api, step) -> api.getLogs(number(step, 1), number(step, 2))),
          Map.entry(
              "clearLogs",
              (api, step) -> {
                api.clearLogs();
                return null;
              }),
          Map.entry("getOutboundList", (api, step) -> api.getOutboundList()),
          Map.entry(
              "getSelectOutboundItems", (api, step) -> api.getSelectOutboundItems(text(step, 1))),
          Map.entry(
              "getCurrentSelectOutboundItem",
              (api, step) -> api.getCurrentSelectOutboundItem(text(step, 1))),
          Map.entry(
              "setSelectOutboundItem",
              (api, step) -> {
                api.setSelectOutboundItem(text(step, 1), text(step, 2));
                return null;
              }),
          Map.entry("getFailoverStatus", (api, step) -> api.getFailoverStatus(text(step, 1))),
          Map.entry(
              "forceFailoverHealthCheck",
              (api, step) -> {
                api.forceFailoverHealthCheck(text(step, 1));
                return null;
              }),
          Map.entry(
              "forceFailoverHealthCheckAll",
              (api, step) -> {
                api.forceFailoverHealthCheckAll();
                return null;
              }),
          Map.entry("getOutboundHealth", (api, step) -> api.getOutboundHealth(text(step, 1))),
          Map.entry(
              "getOutboundLastPeerActive",
              (api, step) -> api.getOutboundLastPeerActive(text(step, 1))),
          Map.entry(
              "getOutboundSinceLastPeerActive",
              (api, step) -> api.getOutboundSinceLastPeerActive(text(step, 1))),
          Map.entry("getSpeedtestStatus", (api, step) -> api.getSpeedtestStatus(text(step, 1))),
          Map.entry("getMptpStatus", (api, step) -> api.getMptpStatus(text(step, 1))));

  private ContractDriver() {}

  private static String text(JsonArray step, int index) {
    return step.get(index).getAsString();
  }

  private static int number(JsonArray step, int index) {
    return step.get(index).getAsInt();
  }

  /** The program: the argument is the base URL; ends at the end of the input. */
  public static void main(String[] args, Maker maker) throws IOException {
    if (args.length != 1) {
      System.err.println("usage: driver BASE_URL");
      System.exit(2);
    }
    String millis = System.getenv("LEAF_RESPONSE_TIMEOUT_MS");
    Duration timeout = millis == null ? USUAL_TIMEOUT : Duration.ofMillis(Long.parseLong(millis));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try (RuntimeApi api = maker.make(args[0], timeout)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        JsonArray step = JsonParser.parseString(line).getAsJsonArray();
        if (!CALLS.containsKey(text(step, 0))) {
          System.err.println("unknown method " + text(step, 0));
          System.exit(2);
        }
        out.println(result(api, step));
      }
    }
  }

  /** Makes one call; the names of all methods are keys of the kit's list of replies. */
  static JsonObject result(RuntimeApi api, JsonArray step) {
    Call call = CALLS.get(text(step, 0));
    if (call == null) {
      throw new IllegalArgumentException("unknown method " + step);
    }
    JsonObject result = new JsonObject();
    try {
      Object reply = call.make(api, step);
      result.add("ok", reply == null ? JsonNull.INSTANCE : json(reply));
    } catch (LeafException e) {
      JsonObject error = error("refused", e);
      error.addProperty("status", e.getStatus());
      result.add("error", error);
    } catch (ConnectException e) {
      result.add("error", error("not_running", e));
    } catch (SocketTimeoutException e) {
      result.add("error", error("timeout", e));
    } catch (IOException e) {
      // an exchange that broke off is caused by the socket; a bad answer by the parser or nothing
      result.add("error", error(e.getCause() instanceof IOException ? "io" : "bad_answer", e));
    }
    return result;
  }

  /** A reply, or a list of them, prints itself as JSON. */
  private static JsonElement json(Object reply) {
    return JsonParser.parseString(reply.toString());
  }

  private static JsonObject error(String kind, IOException failure) {
    JsonObject error = new JsonObject();
    error.addProperty("kind", kind);
    error.addProperty("text", failure.getMessage());
    return error;
  }
}
