package com.github.shiroedev2024.leaf.engine.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/** Heads of HTTP messages, and the list of proxies in one of their fields. */
public final class HeadFuzz {
  private HeadFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    ByteBuf in = Unpooled.wrappedBuffer(input);
    Head head = read(new HeadReader(), in);
    HeadReader bytewise = new HeadReader();
    Head again = null;
    for (int i = 0; i < input.length && again == null; i++) {
      again = read(bytewise, Unpooled.wrappedBuffer(input, i, 1));
    }
    if (head != null && !head.equals(again)) {
      throw new AssertionError(head + " is byte by byte " + again);
    }
    if (head != null) {
      head.has("connection", "upgrade");
      HttpText.isHost("a.example", head.field("host"));
      HttpText.isPath("/", head.second());
    }
    forwarded(head == null ? new String(input, ISO_8859_1) : head.joined("x-forwarded-for"));
  }

  private static @Nullable Head read(HeadReader reader, ByteBuf in) {
    try {
      return reader.read(in);
    } catch (HeadFormatException e) {
      return null;
    }
  }

  private static void forwarded(String list) {
    EmbeddedChannel channel = new EmbeddedChannel();
    Forwarded.note(channel, list);
    String noted = ClientOrigin.forwarded(channel);
    if (noted != null && !NetUtil.isValidIpV4Address(noted) && !NetUtil.isValidIpV6Address(noted)) {
      throw new AssertionError("noted '" + noted + "'");
    }
    channel.finishAndReleaseAll();
  }
}
