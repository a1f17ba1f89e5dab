package com.github.shiroedev2024.leaf.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A TCP port that refuses connections, at every address of this machine, for as long as this is
 * open: it is held by a socket that does not listen, so nobody else can be given it meanwhile.
 */
public final class RefusingPort implements AutoCloseable {
  private final Socket holder = new Socket();

  public RefusingPort() {
    try {
      holder.bind(new InetSocketAddress(0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port, 1 to 65535. */
  public int port() {
    return holder.getLocalPort();
  }

  /** The port at 127.0.0.1. */
  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port());
  }

  @Override
  public void close() {
    try {
      holder.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
