package com.github.shiroedev2024.leaf.engine.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.shiroedev2024.leaf.engine.net.Network;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PortHolderTest {
  @Test
  void namesTheProcessThatListens() throws Exception {
    assumeTrue(Files.isReadable(Path.of("/proc/net/tcp")), "needs /proc");
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String text =
          PortHolder.describe(
              new InetSocketAddress("127.0.0.1", socket.getLocalPort()), Network.TCP);
      assertThat(text).startsWith("held by pid " + ProcessHandle.current().pid() + " (");
    }
  }

  @Test
  void saysNothingOfAFreePort() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThat(PortHolder.describe(new InetSocketAddress("127.0.0.1", port), Network.TCP))
        .isEmpty();
  }
}
