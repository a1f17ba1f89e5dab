package com.github.shiroedev2024.leaf.engine.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What goes through a tunnel whose far end is an {@link EchoServer}. */
public final class Transfers {
  private Transfers() {}

  /** Sends so much to an echo and compares the digests of what went and what came back. */
  public static void echoes(int port, long bytes) {
    long seed = 7;
    try (Client client = new Client(port)) {
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                try (InputStream pattern = EchoServer.pattern(bytes, seed)) {
                  OutputStream out = client.socket().getOutputStream();
                  pattern.transferTo(out);
                  client.endOutput();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              },
              work -> Thread.ofPlatform().daemon().start(work));
      try {
        client.socket().setSoTimeout(60_000);
        assertThat(EchoServer.sha256(client.socket().getInputStream()))
            .isEqualTo(EchoServer.sha256(EchoServer.pattern(bytes, seed)));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      Await.result(Duration.ofSeconds(60), sent);
    }
  }

  /** So many connections at once, each with a text of its own. */
  public static void many(int port, int connections) {
    List<Client> clients = new ArrayList<>();
    try {
      for (int i = 0; i < connections; i++) {
        clients.add(new Client(port));
      }
      for (int i = 0; i < connections; i++) {
        clients.get(i).send("connection " + (1000 + i));
      }
      for (int i = 0; i < connections; i++) {
        assertThat(clients.get(i).readText(15)).isEqualTo("connection " + (1000 + i));
      }
    } finally {
      clients.forEach(Client::close);
    }
  }
}
