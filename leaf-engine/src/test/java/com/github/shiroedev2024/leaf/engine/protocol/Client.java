package com.github.shiroedev2024.leaf.engine.protocol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A blocking TCP client that says and expects exact bytes. */
public final class Client implements AutoCloseable {
  private final Socket socket = new Socket();

  public Client(int port) {
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(10_000);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Socket socket() {
    return socket;
  }

  public InetSocketAddress localAddress() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  public Client send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends bytes written as hex digits; blanks between them are ignored. */
  public Client sendHex(String hex) {
    return send(hex(hex));
  }

  public Client send(String text) {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads so many bytes. */
  public byte[] read(int length) {
    try {
      byte[] bytes = socket.getInputStream().readNBytes(length);
      if (bytes.length < length) {
        throw new AssertionError(
            "the end came after " + bytes.length + " of " + length + " bytes: " + text(bytes));
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String readHex(int length) {
    return HexFormat.of().formatHex(read(length));
  }

  public String readText(int length) {
    return text(read(length));
  }

  /** Reads up to and including this text. */
  public String readUntil(String end) {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      text.append((char) (read(1)[0] & 0xff));
    }
    return text.toString();
  }

  /** Reads all there is until the other side ends. */
  public byte[] readAll() {
    try {
      return socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the other side ends or resets the connection, without sending anything more. */
  public boolean ends() {
    try {
      return socket.getInputStream().read() < 0;
    } catch (IOException e) {
      return true;
    }
  }

  public Client endOutput() {
    try {
      socket.shutdownOutput();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
