package com.github.shiroedev2024.leaf.engine.dns;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.Unpooled;

/** Answers of DNS servers, of either type, and names to ask for. */
public final class DnsFuzz {
  private DnsFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    for (RecordType type : RecordType.values()) {
      DnsMessages.readAnswer(Unpooled.wrappedBuffer(input), 7, new Question("a.example", type));
    }
    String normal = Question.normal(new String(input, ISO_8859_1));
    if (normal != null) {
      DnsMessages.writeQuery(Unpooled.buffer(), 7, new Question(normal, RecordType.A), true);
    }
  }
}
