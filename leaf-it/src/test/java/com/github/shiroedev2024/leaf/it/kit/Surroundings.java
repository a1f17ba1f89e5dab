package com.github.shiroedev2024.leaf.it.kit;

import com.github.shiroedev2024.leaf.it.traffic.DnsEcho;
import com.github.shiroedev2024.leaf.it.traffic.ProbePage;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.FreePorts;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import com.github.shiroedev2024.leaf.testkit.RefusingPort;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands around the scenario's runtimes: two Shadowsocks servers, what probes ask for, and an
 * echo. The data names each port, such as {@code ${node-a}}.
 */
final class Surroundings implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String PASSWORD = "secret";

  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final EchoServer echo;

  private Surroundings(EchoServer echo) {
    this.echo = echo;
    opened("echo", echo.port(), echo);
  }

  /** Starts everything; a machine without the Shadowsocks server skips the test. */
  static Surroundings start() throws IOException {
    PeerProgram.require("ss-server");
    Surroundings all = new Surroundings(EchoServer.start(EchoServer.Mode.ECHO));
    try {
      all.node("node-a", "aes-256-gcm");
      all.node("node-b", "chacha20-ietf-poly1305");
      all.page();
      DnsEcho dns = DnsEcho.start();
      all.opened("dns", dns.port(), dns);
      RefusingPort closed = new RefusingPort();
      all.opened("closed", closed.port(), closed);
      return all;
    } catch (IOException | RuntimeException | Error e) {
      all.close();
      throw e;
    }
  }

  private void opened(String name, int port, AutoCloseable part) {
    ports.put(name, port);
    open.push(part);
  }

  private void node(String name, String method) {
    int port = FreePorts.any();
    List<String> command =
        List.of("ss-server", "-s", LOOPBACK, "-p", "" + port, "-k", PASSWORD, "-m", method, "-u");
    opened(name, port, PeerProgram.start(command, new InetSocketAddress(LOOPBACK, port)));
  }

  private void page() throws IOException {
    ProbePage page = ProbePage.start();
    opened("page", page.port(), page);
  }

  EchoServer echo() {
    return echo;
  }

  Map<String, Integer> ports() {
    return ports;
  }

  /** A configuration with the ports filled in; a string that is one name becomes a number. */
  JsonElement filled(JsonElement told) {
    if (told.isJsonArray()) {
      JsonArray list = new JsonArray();
      told.getAsJsonArray().forEach(each -> list.add(filled(each)));
      return list;
    }
    if (told.isJsonObject()) {
      JsonObject object = new JsonObject();
      told.getAsJsonObject().entrySet().forEach(e -> object.add(e.getKey(), filled(e.getValue())));
      return object;
    }
    if (!told.isJsonPrimitive() || !told.getAsJsonPrimitive().isString()) {
      return told;
    }
    String text = told.getAsString();
    for (Map.Entry<String, Integer> port : ports.entrySet()) {
      String name = "${" + port.getKey() + "}";
      if (text.equals(name)) {
        return new JsonPrimitive(port.getValue());
      }
      text = text.replace(name, port.getValue().toString());
    }
    return new JsonPrimitive(text);
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        throw new AssertionError("cannot end a part of the surroundings", e);
      }
    }
  }
}
