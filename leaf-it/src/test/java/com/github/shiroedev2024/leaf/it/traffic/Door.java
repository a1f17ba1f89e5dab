package com.github.shiroedev2024.leaf.it.traffic;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A proxy as a program uses it. */
public interface Door {
  /** How long a proxy may take for a connection. */
  int CONNECT_MILLIS = 10_000;

  /** How long a read waits for bytes. */
  int READ_MILLIS = 20_000;

  /** A stream to the destination; reads give up after {@link #READ_MILLIS}. */
  Socket connect(InetSocketAddress to) throws IOException;
}
