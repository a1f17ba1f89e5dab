package com.github.shiroedev2024.leaf.it.kit;

import com.github.shiroedev2024.leaf.it.Leaf;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** One connection of the scenario through an inbound to the echo. */
final class Flow implements AutoCloseable {
  private final Socket socket;

  private Flow(Socket socket) {
    this.socket = socket;
  }

  /**
   * Opens a connection.
   *
   * @param step names the inbound; with {@code user} (name:password) the inbound speaks HTTP, else
   *     SOCKS
   */
  static Flow open(Leaf leaf, JsonObject step, InetSocketAddress echo) throws IOException {
    String inbound = step.get("inbound").getAsString();
    return new Flow(
        step.has("user")
            ? tunnel(leaf.inbound(inbound), echo, step.get("user").getAsString())
            : leaf.connect(inbound, echo));
  }

  private static Socket tunnel(InetSocketAddress proxy, InetSocketAddress to, String user)
      throws IOException {
    Socket socket = new Socket(proxy.getAddress(), proxy.getPort());
    socket.setSoTimeout(20_000);
    String target = to.getHostString() + ":" + to.getPort();
    String login = Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    String request =
        "CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\nProxy-Authorization: Basic %2$s\r\n\r\n"
            .formatted(target, login);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    for (int next = in.read(); next >= 0 && head.indexOf("\r\n\r\n") < 0; ) {
      head.append((char) next);
      next = head.indexOf("\r\n\r\n") < 0 ? in.read() : -1;
    }
    if (!head.toString().startsWith("HTTP/1.1 200")) {
      throw new IOException("the proxy answered " + head);
    }
    return socket;
  }

  /** Sends so many bytes and waits until they have come back. */
  void exchange(int bytes) throws IOException {
    byte[] sent = new byte[bytes];
    Arrays.fill(sent, (byte) 'x');
    socket.getOutputStream().write(sent);
    if (!Arrays.equals(socket.getInputStream().readNBytes(bytes), sent)) {
      throw new IOException("other bytes came back than were sent");
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
