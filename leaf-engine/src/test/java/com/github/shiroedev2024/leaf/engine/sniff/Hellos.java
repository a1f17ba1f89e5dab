package com.github.shiroedev2024.leaf.engine.sniff;

import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** The first messages of TLS clients that others wrote. */
final class Hellos {
  enum Client {
    JDK,
    BORINGSSL,
    OPENSSL
  }

  private Hellos() {}

  /**
   * The first record of a client.
   *
   * @param name the server's name; null: none is told
   */
  static byte[] of(Client client, @Nullable String name) throws Exception {
    return switch (client) {
      case JDK -> wrapped(jdk(name));
      case BORINGSSL -> {
        SSLEngine engine =
            SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL)
                .build()
                .newEngine(ByteBufAllocator.DEFAULT, name, 443);
        try {
          yield wrapped(engine);
        } finally {
          ReferenceCountUtil.release(engine);
        }
      }
      case OPENSSL -> openssl(name);
    };
  }

  private static SSLEngine jdk(@Nullable String name) throws Exception {
    SSLContext context = SSLContext.getDefault();
    return name == null ? context.createSSLEngine() : context.createSSLEngine(name, 443);
  }

  private static byte[] wrapped(SSLEngine engine) throws IOException {
    engine.setUseClientMode(true);
    ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), record);
    byte[] bytes = new byte[record.flip().remaining()];
    record.get(bytes);
    return bytes;
  }

  private static byte[] openssl(@Nullable String name) throws IOException {
    String program = PeerProgram.require("openssl").toString();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<String> command = new ArrayList<>(List.of(program, "s_client", "-connect"));
      command.add("127.0.0.1:" + server.getLocalPort());
      command.addAll(name == null ? List.of("-noservername") : List.of("-servername", name));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      server.setSoTimeout(10_000);
      try (Socket socket = server.accept()) {
        socket.setSoTimeout(10_000);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] header = in.readNBytes(5);
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.write(header);
        record.write(in.readNBytes((header[3] & 0xff) << 8 | (header[4] & 0xff)));
        return record.toByteArray();
      } finally {
        process.destroy();
      }
    }
  }

  /** The same message in records of so many bytes each. */
  static byte[] cut(byte[] record, int size) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 5; at < record.length; at += size) {
      int length = Math.min(size, record.length - at);
      out.write(record, 0, 3);
      out.write(length >> 8);
      out.write(length);
      out.write(record, at, length);
    }
    return out.toByteArray();
  }

  /** A message with these extensions, each type, length and data, in one record. */
  static byte[] with(byte[]... extensions) {
    int length = 0;
    for (byte[] extension : extensions) {
      length += extension.length;
    }
    ByteBuffer out = ByteBuffer.allocate(5 + 4 + 2 + 32 + 1 + 32 + 4 + 2 + 2 + length);
    int body = out.capacity() - 9;
    out.put((byte) 22).putShort((short) 0x0301).putShort((short) (body + 4));
    out.putInt(1 << 24 | body).putShort((short) 0x0303).put(new byte[32]);
    out.put((byte) 32).put(new byte[32]);
    out.putShort((short) 2).putShort((short) 0x1301).put((byte) 1).put((byte) 0);
    out.putShort((short) length);
    for (byte[] extension : extensions) {
      out.put(extension);
    }
    return out.array();
  }

  /** An extension of this type. */
  static byte[] extension(int type, byte... data) {
    return ByteBuffer.allocate(4 + data.length)
        .putShort((short) type)
        .putShort((short) data.length)
        .put(data)
        .array();
  }

  /** The extension that tells a server's name, which may be any bytes. */
  static byte[] serverName(byte... name) {
    return extension(
        0,
        ByteBuffer.allocate(5 + name.length)
            .putShort((short) (3 + name.length))
            .put((byte) 0)
            .putShort((short) name.length)
            .put(name)
            .array());
  }
}
