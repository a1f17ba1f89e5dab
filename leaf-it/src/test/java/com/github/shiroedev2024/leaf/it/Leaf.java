package com.github.shiroedev2024.leaf.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.api.ApiServer;
import com.github.shiroedev2024.leaf.api.http.Resources;
import com.github.shiroedev2024.leaf.core.ApiFace;
import com.github.shiroedev2024.leaf.runtime.ConfigSource;
import com.github.shiroedev2024.leaf.runtime.LeafRuntime;
import com.github.shiroedev2024.leaf.runtime.RuntimeSettings;
import com.github.shiroedev2024.leaf.runtime.RuntimeStartException;
import com.github.shiroedev2024.leaf.runtime.prefs.LeafPreferences;
import com.github.shiroedev2024.leaf.testkit.ApiDocument;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** One whole instance with its API, started from a configuration file that tests may rewrite. */
public final class Leaf implements AutoCloseable {
  /** What every reply must be like. */
  static final ApiDocument DOCUMENT =
      ApiDocument.of(Resources.text(ApiServer.class, "openapi.yaml"));

  private final Path file;
  private final LeafRuntime runtime;
  private final ApiFace face;
  private final HttpClient http = HttpClient.newHttpClient();

  private Leaf(Path file, LeafRuntime runtime, ApiFace face) {
    this.file = file;
    this.runtime = runtime;
    this.face = face;
  }

  /** Starts from this text; state lives in the folder. */
  public static Leaf start(Path folder, String config) throws RuntimeStartException {
    return start(folder, config, Map.of());
  }

  /** The same with options in the environment. */
  public static Leaf start(Path folder, String config, Map<String, String> environment)
      throws RuntimeStartException {
    Path file = folder.resolve(config.stripLeading().startsWith("{") ? "leaf.json" : "leaf.conf");
    write(file, config);
    ApiFace face = new ApiFace();
    LeafRuntime runtime =
        LeafRuntime.start(
            new RuntimeSettings(
                new ConfigSource.File(file),
                environment,
                folder,
                LeafPreferences::defaults,
                0,
                null,
                true,
                face));
    return new Leaf(file, runtime, face);
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Replaces the configuration file; live after a reload. */
  public void rewrite(String config) {
    write(file, config);
  }

  public LeafRuntime runtime() {
    return runtime;
  }

  public InetSocketAddress inbound(String tag) {
    return Objects.requireNonNull(runtime.listening().get(tag), tag);
  }

  public int apiPort() {
    return Objects.requireNonNull(face.listening()).getPort();
  }

  /** A connection to the destination through the SOCKS inbound of this tag. */
  public Socket connect(String inbound, InetSocketAddress to) throws IOException {
    Socket socket = new Socket(new java.net.Proxy(java.net.Proxy.Type.SOCKS, inbound(inbound)));
    socket.connect(to, 10_000);
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Calls the API; the reply must be as its document says. */
  public HttpResponse<String> call(String method, String path) {
    try {
      HttpResponse<String> reply =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + apiPort() + path))
                  .method(method, HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(
              DOCUMENT.violations(
                  new ApiDocument.Exchange(
                      method, path, reply.statusCode(), reply.headers().map(), reply.body())))
          .isEmpty();
      return reply;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The JSON of a GET that must succeed. */
  public JsonElement get(String path) {
    HttpResponse<String> reply = call("GET", path);
    assertThat(reply.statusCode()).as("GET %s: %s", path, reply.body()).isEqualTo(200);
    return JsonParser.parseString(reply.body());
  }

  public JsonObject object(String path) {
    return get(path).getAsJsonObject();
  }

  /** The JSON of a POST that must succeed; an empty object when it has no body. */
  public JsonObject post(String path) {
    HttpResponse<String> reply = call("POST", path);
    assertThat(reply.statusCode()).as("POST %s: %s", path, reply.body()).isBetween(200, 202);
    return reply.body().startsWith("{")
        ? JsonParser.parseString(reply.body()).getAsJsonObject()
        : new JsonObject();
  }

  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    runtime.close();
  }
}
