package com.github.shiroedev2024.leaf.core.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** Sends plain HTTP requests to one server, over TCP or a Unix socket; blocks. */
public final class HttpCaller implements AutoCloseable {
  /** A status and the whole body as text. */
  public record Reply(int status, String body) {
    public boolean succeeded() {
      return status / 100 == 2;
    }
  }

  /** Nothing listens there. */
  public static final class NobodyListensException extends IOException {
    private static final long serialVersionUID = 1;

    NobodyListensException(String where, Throwable cause) {
      super("nothing listens on " + where, cause);
    }
  }

  /** Long enough for a health check of many seconds; a server that is stuck ends it. */
  private static final Timeout PATIENCE = Timeout.ofSeconds(60);

  private final String base;
  private final @Nullable Path socket;
  private final CloseableHttpClient client;

  private HttpCaller(String base, @Nullable Path socket) {
    this.base = base;
    this.socket = socket;
    this.client =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(Timeout.ofSeconds(5))
                            .setSocketTimeout(PATIENCE)
                            .build())
                    .setMaxConnPerRoute(64)
                    .setMaxConnTotal(64)
                    .build())
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableContentCompression()
            .build();
  }

  /** Calls {@code http://address}, for example {@code 127.0.0.1:10001}. */
  public static HttpCaller tcp(String address) {
    return new HttpCaller("http://" + address, null);
  }

  /** Calls the server that listens on a Unix socket. */
  public static HttpCaller unix(Path socket) {
    return new HttpCaller("http://localhost", socket);
  }

  /** Sends a request without a body. */
  public Reply call(String method, String target) throws IOException {
    return call(method, target, null);
  }

  /** Sends a request, with a JSON body unless that is null. */
  public Reply call(String method, String target, @Nullable String body) throws IOException {
    HttpUriRequestBase request = request(method, target, PATIENCE);
    if (body != null) {
      request.setEntity(new StringEntity(body, ContentType.APPLICATION_JSON));
    }
    try {
      return client.execute(
          request, response -> new Reply(response.getCode(), text(response.getEntity())));
    } catch (ConnectException e) {
      throw new NobodyListensException(where(), e);
    } catch (SocketException e) {
      throw missing(e);
    }
  }

  /**
   * Reads an answer line by line for as long as the reader wants more.
   *
   * @param line answers false to end it
   * @return the reply when it is not a success, else a reply with an empty body
   */
  public Reply lines(String target, Predicate<String> line) throws IOException {
    HttpUriRequestBase request = request("GET", target, Timeout.DISABLED);
    try {
      return client.execute(
          request,
          response -> {
            HttpEntity entity = response.getEntity();
            if (response.getCode() / 100 != 2 || entity == null) {
              return new Reply(response.getCode(), text(entity));
            }
            BufferedReader reader =
                new BufferedReader(
                    new InputStreamReader(entity.getContent(), StandardCharsets.UTF_8));
            String next = reader.readLine();
            while (next != null && line.test(next)) {
              next = reader.readLine();
            }
            request.abort(); // closing would read an endless answer to its end
            return new Reply(response.getCode(), "");
          });
    } catch (ConnectException e) {
      throw new NobodyListensException(where(), e);
    } catch (SocketException e) {
      throw missing(e);
    }
  }

  private HttpUriRequestBase request(String method, String target, Timeout patience) {
    HttpUriRequestBase request = new HttpUriRequestBase(method, java.net.URI.create(base + target));
    RequestConfig.Builder config = RequestConfig.custom().setResponseTimeout(patience);
    if (socket != null) {
      config.setUnixDomainSocket(socket);
    }
    request.setConfig(config.build());
    return request;
  }

  private static String text(@Nullable HttpEntity entity) throws IOException {
    if (entity == null) {
      return "";
    }
    try {
      return EntityUtils.toString(entity, StandardCharsets.UTF_8);
    } catch (ParseException e) {
      throw new IOException("the answer's Content-Type cannot be read", e);
    }
  }

  /** A socket file that is not there is reported as a plain socket error. */
  private IOException missing(SocketException failure) {
    return socket != null && !Files.exists(socket)
        ? new NobodyListensException(where(), failure)
        : failure;
  }

  private String where() {
    return socket != null ? socket.toString() : base;
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
