package com.github.shiroedev2024.leaf.engine.protocol;

import com.github.shiroedev2024.leaf.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A server that does with each connection what a test says, on a thread of its own. */
public final class ScriptedServer implements AutoCloseable {
  /** What is done with one connection; it is closed afterwards. */
  @FunctionalInterface
  public interface Script {
    void run(Peer peer) throws IOException;
  }

  private final ServerSocket server;
  private final Script script;
  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private volatile @Nullable Throwable failure;

  public ScriptedServer(Script script) {
    this.script = script;
    try {
      server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().name("scripted").start(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  public int connections() {
    return connections.get();
  }

  private void accept() {
    while (true) {
      Socket socket;
      try {
        socket = server.accept();
      } catch (IOException e) {
        return; // closed
      }
      open.add(socket);
      connections.incrementAndGet();
      running.incrementAndGet();
      Thread.ofPlatform().daemon().name("scripted-peer").start(() -> run(socket));
    }
  }

  private void run(Socket socket) {
    try (socket) {
      socket.setSoTimeout(10_000);
      script.run(new Peer(socket));
    } catch (IOException e) {
      // The other side went away: what the test is about shows there.
    } catch (AssertionError | RuntimeException e) {
      failure = e;
    } finally {
      running.decrementAndGet();
    }
  }

  /** Fails when a script failed. */
  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Await.until("scripts over", () -> running.get() == 0);
    Throwable failed = failure;
    if (failed != null) {
      throw new AssertionError("the script failed: " + failed, failed);
    }
  }

  /** One connection. */
  public static final class Peer {
    private final Socket socket;

    Peer(Socket socket) {
      this.socket = socket;
    }

    public Socket socket() {
      return socket;
    }

    public byte[] read(int length) throws IOException {
      byte[] bytes = socket.getInputStream().readNBytes(length);
      if (bytes.length < length) {
        throw new IOException("ended");
      }
      return bytes;
    }

    /** Reads up to and including an empty line. */
    public String readHead() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int c = socket.getInputStream().read();
        if (c < 0) {
          throw new IOException("ended");
        }
        head.append((char) c);
      }
      return head.toString();
    }

    public void send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
    }

    public void send(String text) throws IOException {
      send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Reads until the other side ends. */
    public byte[] readAll() throws IOException {
      return socket.getInputStream().readAllBytes();
    }
  }
}
