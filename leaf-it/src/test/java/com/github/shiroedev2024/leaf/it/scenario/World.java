package com.github.shiroedev2024.leaf.it.scenario;

import com.github.shiroedev2024.leaf.it.traffic.DnsEcho;
import com.github.shiroedev2024.leaf.it.traffic.ProbePage;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.FreePorts;
import java.io.IOException;
import java.nio.file.Path;

/** What stands around all scenarios: what probes ask for, an echo, certificates. */
final class World implements AutoCloseable {
  private final ProbePage page = ProbePage.start();
  private final DnsEcho dns = DnsEcho.start();
  private final EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO);
  private final Certificates certificates;

  World(Path folder) throws IOException {
    certificates = Certificates.make(folder, "server", Certificates.NAME);
  }

  /** Values for one scenario, whose ports are its own; the server's is not known yet. */
  Templates templates() throws IOException {
    return new Templates()
        .with("page", page.port())
        .with("dns", dns.port())
        .with("echo", echo.port())
        .with("certificate", certificates)
        .with("socks", FreePorts.any())
        .with("http", FreePorts.any())
        .with("in", FreePorts.any())
        .with("inner", FreePorts.any())
        .with("closed", FreePorts.any());
  }

  EchoServer echo() {
    return echo;
  }

  /** Whether only probes go there. */
  boolean isProbed(String destination) {
    return destination.endsWith(":" + page.port()) || destination.endsWith(":" + dns.port());
  }

  @Override
  public void close() {
    page.close();
    dns.close();
    echo.close();
  }
}
