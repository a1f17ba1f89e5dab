package com.github.shiroedev2024.leaf.it.traffic;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/** What a program behind the HTTP port does: CONNECT, by plain blocking sockets. */
public final class HttpClientDoor implements Door {
  private static final String END = "\r\n\r\n";

  private final InetSocketAddress proxy;

  public HttpClientDoor(InetSocketAddress proxy) {
    this.proxy = proxy;
  }

  @Override
  public Socket connect(InetSocketAddress to) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(proxy, CONNECT_MILLIS);
      socket.setSoTimeout(READ_MILLIS);
      String target = to.getAddress().getHostAddress() + ":" + to.getPort();
      String request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + END;
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      String answer = head(socket.getInputStream());
      if (!answer.startsWith("HTTP/1.1 200 ")) {
        throw new IOException("the HTTP proxy answers " + answer.lines().findFirst().orElse(""));
      }
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Reads the answer byte by byte, as what follows belongs to the remote. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(US_ASCII).endsWith(END)) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the HTTP proxy ends within its answer: " + head.toString(US_ASCII));
      }
      head.write(next);
    }
    return head.toString(US_ASCII);
  }
}
