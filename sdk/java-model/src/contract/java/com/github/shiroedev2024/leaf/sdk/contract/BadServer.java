package com.github.shiroedev2024.leaf.sdk.contract;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Reads the head of each request and then answers, or misbehaves, as the answer in force says. */
public final class BadServer implements AutoCloseable {
  private final ServerSocket server;
  private final List<Closeable> open = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile BadAnswer answer;

  /** Listens on a free port of 127.0.0.1 and gives this answer to each request. */
  public BadServer(BadAnswer answer) throws IOException {
    this.answer = answer;
    server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    start(this::accept, "bad-server");
  }

  private static void start(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** From now on gives another answer, and forgets the requests so far. */
  public void answer(BadAnswer next) {
    requests.clear();
    answer = next;
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        start(() -> serve(socket), "bad-connection");
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      boolean more = true;
      while (more) {
        String first = in.readLine();
        for (String line = first; line != null && !line.isEmpty(); ) {
          line = in.readLine();
        }
        if (first == null) {
          return;
        }
        requests.add(first.replaceFirst(" HTTP/1\\.1$", ""));
        more = give(answer, socket);
      }
    } catch (IOException e) {
      // The client has left, as it may before an answer that it no longer wants; what it makes of
      // the answer is what the tests look at.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  /** Whether the connection goes on. */
  private boolean give(BadAnswer given, Socket socket) throws IOException, InterruptedException {
    OutputStream out = socket.getOutputStream();
    BadAnswer.Manner manner = given.manner();
    if (manner == BadAnswer.Manner.SILENT) {
      closed.await();
    } else if (manner == BadAnswer.Manner.RESET) {
      socket.setSoLinger(true, 0);
    } else if (manner == BadAnswer.Manner.TRICKLE) {
      for (int i = 0; !closed.await(BadAnswer.TRICKLE_MILLIS, TimeUnit.MILLISECONDS); i++) {
        out.write(i < given.bytes().length ? given.bytes()[i] : ' ');
      }
    } else {
      out.write(given.bytes());
    }
    return manner == BadAnswer.Manner.KEEP;
  }

  /** Method and raw target of each request, such as {@code GET /a%20b}. */
  public List<String> requests() {
    return requests;
  }

  int port() {
    return server.getLocalPort();
  }

  /** Host and port, as clients name the server. */
  public String authority() {
    return "127.0.0.1:" + port();
  }

  /** The base URL. */
  public String url() {
    return "http://" + authority();
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    server.close();
    for (Closeable socket : open) {
      socket.close();
    }
  }
}
