package com.github.shiroedev2024.leaf.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.google.gson.JsonObject;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traffic goes through, and the API tells what went. */
class FirstLightTest {
  private static final String CONFIG =
      """
      {"inbounds": [{"tag": "in", "protocol": "socks", "address": "127.0.0.1", "port": 0}],
       "outbounds": [
         {"tag": "direct", "protocol": "direct"},
         {"tag": "OUT", "protocol": "select", "settings": {"actors": ["direct"]}}],
       "router": {"rules": [{"type": "FINAL", "target": "OUT"}]}}
      """;

  @TempDir Path folder;

  @Test
  void bytesAreCarriedAndCounted() throws Exception {
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO);
        Leaf leaf = Leaf.start(folder, CONFIG)) {
      try (Socket socket = leaf.connect("in", echo.address())) {
        socket.getOutputStream().write(new byte[1000]);
        assertThat(socket.getInputStream().readNBytes(1000)).hasSize(1000);
        JsonObject active =
            leaf.get("/api/v1/runtime/stat/json").getAsJsonArray().get(0).getAsJsonObject();
        assertThat(active.get("outbound_tag").getAsString()).isEqualTo("direct");
        assertThat(active.get("outbound_chain").toString()).isEqualTo("[\"OUT\"]");
        assertThat(active.get("bytes_sent").getAsLong()).isEqualTo(1000);
      }
      Await.until(
          "the connection has ended",
          () -> leaf.get("/api/v1/runtime/stat/json").getAsJsonArray().isEmpty());
      for (String tag : new String[] {"in", "OUT", "direct"}) {
        JsonObject usage = leaf.object("/api/v1/runtime/usage/json?tag=" + tag);
        assertThat(usage.toString())
            .as(tag)
            .isEqualTo("{\"bytes_sent\":1000,\"bytes_recvd\":1000}");
      }
    }
  }
}
