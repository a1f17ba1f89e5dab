package com.github.shiroedev2024.leaf.it.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.it.Leaf;
import com.github.shiroedev2024.leaf.it.traffic.HttpClientDoor;
import com.github.shiroedev2024.leaf.it.traffic.SocksClient;
import com.github.shiroedev2024.leaf.it.traffic.Traffic;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server's certificate that is replaced on the disk while the server runs, from {@code
 * leaf-it/scenarios/renew}: the client pins the certificate of before for SOCKS, and the one of
 * after for HTTP.
 */
final class CertificateReloadTest {
  /** Files are looked at every 2 s, and taken once they have been left alone for as long. */
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final Path CASE = Scenario.folders("renew").getFirst();

  @TempDir Path folder;

  @Test
  void newConnectionsSeeTheNewOneAndOldOnesLiveOn() throws Exception {
    try (World world = new World(folder)) {
      Certificates before = Certificates.make(folder, "live", Certificates.NAME);
      Certificates after = Certificates.make(folder, "prepared", Certificates.NAME);
      Templates templates = world.templates().with("before", before).with("after", after);
      try (Leaf server =
          Leaf.start(
              Files.createDirectory(folder.resolve("server")),
              templates.filled(CASE.resolve("server.json")))) {
        templates.with("server", server.inbound("in").getPort());
        String conf = templates.filled(CASE.resolve("client.conf"));
        SameEngine.check(
            SameEngine.read(conf, "client.conf"),
            SameEngine.read(templates.filled(CASE.resolve("client.json")), "client.json"));
        try (Leaf client = Leaf.start(Files.createDirectory(folder.resolve("client")), conf)) {
          replaced(world.echo(), client, before, after);
        }
      }
    }
  }

  private static void replaced(
      EchoServer echo, Leaf client, Certificates before, Certificates after) throws Exception {
    SocksClient old = new SocksClient(client.inbound("socks"));
    HttpClientDoor fresh = new HttpClientDoor(client.inbound("http"));
    try (Socket lasting = old.connect(echo.address())) {
      Traffic.exchange(lasting, 1);
      assertThatThrownBy(() -> fresh.connect(echo.address())).isInstanceOf(IOException.class);
      // As it is done by hand: one file after the other, so that for a moment they do not fit.
      Files.copy(after.certificate(), before.certificate(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(after.key(), before.key(), StandardCopyOption.REPLACE_EXISTING);
      Await.until(LIMIT, "the new certificate is shown", () -> connects(fresh, echo));
      assertThatThrownBy(() -> old.connect(echo.address())).isInstanceOf(IOException.class);
      assertThat(Await.value("the refused connection", () -> newestEnd(client, "socks")))
          .startsWith("certificate not trusted")
          .contains(after.digest());
      Traffic.exchange(lasting, 2);
    }
  }

  /** The reason of this inbound's; the other inbound's may end at the same time. */
  private static @Nullable String newestEnd(Leaf client, String inbound) {
    for (JsonElement each : client.get("/api/v1/runtime/stat/recent/json").getAsJsonArray()) {
      JsonObject connection = each.getAsJsonObject();
      if (connection.get("inbound_tag").getAsString().equals(inbound)) {
        return connection.get("close_reason").getAsString();
      }
    }
    return null;
  }

  private static boolean connects(HttpClientDoor door, EchoServer echo) {
    try (Socket socket = door.connect(echo.address())) {
      Traffic.exchange(socket, 3);
      return true;
    } catch (IOException e) {
      return false; // the certificate of before
    }
  }
}
