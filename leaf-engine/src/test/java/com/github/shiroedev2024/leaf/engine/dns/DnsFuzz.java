package com.github.shiroedev2024.leaf.engine.dns;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/** Answers of DNS servers, of either type, names to ask for, and questions of clients. */
public final class DnsFuzz {
  private static final InetAddress ADDRESS = InetAddress.ofLiteral("198.18.0.1");

  private DnsFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    for (RecordType type : RecordType.values()) {
      DnsMessages.readAnswer(Unpooled.wrappedBuffer(input), 7, new Question("a.example", type));
    }
    String normal = Question.normal(new String(input, ISO_8859_1));
    if (normal != null) {
      DnsMessages.writeQuery(Unpooled.buffer(), 7, new Question(normal, RecordType.A), true);
    }
    question(input);
    DnsQuery.reversed(new String(input, ISO_8859_1));
  }

  private static void question(byte[] input) {
    DnsQuery query = DnsQuery.read(Unpooled.wrappedBuffer(input));
    int type = DnsQuery.type(ByteBuffer.wrap(input), 0, input.length);
    if (query == null ? type != 0 : query.type() != type) {
      throw new AssertionError("it is read otherwise than looked at");
    }
    if (query != null) {
      DnsQuery.reversed(query.name());
      query.writeAnswer(Unpooled.buffer(), DnsQuery.NO_ERROR, List.of(ADDRESS), Duration.ZERO);
      query.writePointer(Unpooled.buffer(), "a.example", Duration.ZERO);
    }
  }
}
