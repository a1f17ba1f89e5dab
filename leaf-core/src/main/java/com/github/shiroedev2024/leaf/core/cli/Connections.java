package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.core.client.HttpCaller;
import com.github.shiroedev2024.leaf.core.client.HttpCaller.NobodyListensException;
import com.github.shiroedev2024.leaf.core.client.HttpCaller.Reply;
import com.github.shiroedev2024.leaf.core.control.SocketPath;
import com.github.shiroedev2024.leaf.core.home.Home;
import com.github.shiroedev2024.leaf.runtime.prefs.PreferencesFile;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Calls to the core of a home and to its API, their failures in words for a person. */
final class Connections {
  private Connections() {}

  /** Calls the core; complains when none runs or it refuses. */
  static JsonObject core(Home home, String method, String target) {
    Reply reply = coreReply(home, method, target);
    if (reply == null) {
      throw new CommandException(
          "no core runs for this home ("
              + home.state()
              + "); start one with 'leaf core start"
              + home.flag()
              + "' or 'leaf run"
              + home.flag()
              + "'");
    }
    return object(accepted(reply));
  }

  /** Calls the core; null when none runs. */
  static @Nullable Reply coreReply(Home home, String method, String target) {
    try (HttpCaller caller = HttpCaller.unix(SocketPath.find(home))) {
      return caller.call(method, target);
    } catch (NobodyListensException e) {
      return null;
    } catch (IOException e) {
      throw new CommandException("cannot talk to the core: " + reason(e));
    }
  }

  /**
   * The address of the API: what the flag says, else what the running core says, else where a start
   * would put it.
   */
  static String apiAddress(Home home, @Nullable Integer port) {
    if (port != null) {
      return "127.0.0.1:" + port;
    }
    Reply reply = coreReply(home, "GET", "/v1/status");
    if (reply != null && reply.succeeded()) {
      JsonElement inForce = object(reply.body()).getAsJsonObject("leaf").get("api_port");
      if (inForce != null && !inForce.isJsonNull()) {
        return "127.0.0.1:" + inForce.getAsInt();
      }
    }
    Path file = home.preferences();
    try {
      return "127.0.0.1:" + new PreferencesFile(file, ignored -> {}).load().apiPort();
    } catch (IOException e) {
      throw new CommandException("cannot read " + file + ": " + reason(e));
    }
  }

  static CommandException notRunning(String address) {
    return new CommandException(
        "Leaf is not running on " + address + " (connection refused); start it with 'leaf run'");
  }

  /** The body of a success; anything else is a complaint with the server's own words. */
  static String accepted(Reply reply) {
    if (!reply.succeeded()) {
      String text = reply.body().strip();
      throw new CommandException(text.isEmpty() ? "refused with status " + reply.status() : text);
    }
    return reply.body();
  }

  static JsonObject object(String body) {
    try {
      if (JsonParser.parseString(body) instanceof JsonObject object) {
        return object;
      }
    } catch (JsonParseException e) {
      // told below
    }
    throw new CommandException("the answer is not what Leaf answers: " + body.strip());
  }

  static String reason(Exception failure) {
    String message = failure.getMessage();
    return message == null || message.isEmpty() ? failure.getClass().getSimpleName() : message;
  }
}
