package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.core.client.HttpCaller;
import com.github.shiroedev2024.leaf.core.client.HttpCaller.NobodyListensException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command that calls the API has: where it is, and which form the answer takes. */
final class ApiOptions {
  @Mixin HomeOption home = new HomeOption();

  @Option(
      names = "--api-port",
      paramLabel = "N",
      description = "The API's port (default: the running core's, else the preferences').")
  @Nullable Integer port;

  @Option(names = "--json", description = "The API's own answer instead of a table.")
  boolean json;

  /** Something done with a connection to the API. */
  @FunctionalInterface
  interface Calls<T> {
    T with(HttpCaller api) throws IOException;
  }

  /** Runs calls against the API; complains in words for a person when it cannot be reached. */
  <T> T api(Console console, Calls<T> calls) {
    String address = Connections.apiAddress(home.home(console), port);
    try (HttpCaller caller = HttpCaller.tcp(address)) {
      return calls.with(caller);
    } catch (NobodyListensException e) {
      throw Connections.notRunning(address);
    } catch (IOException e) {
      throw new CommandException("cannot talk to " + address + ": " + Connections.reason(e));
    }
  }

  /** One call; the body of its success. */
  String call(Console console, String method, String target) {
    return api(console, caller -> Connections.accepted(caller.call(method, target)));
  }

  /** A tag or a value as it goes into a target; a space must not become a plus. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
