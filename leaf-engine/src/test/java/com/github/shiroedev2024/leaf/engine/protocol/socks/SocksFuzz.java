package com.github.shiroedev2024.leaf.engine.protocol.socks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Promise;
import java.time.Duration;

/** What SOCKS clients send, datagrams among it, and what servers answer. */
public final class SocksFuzz {
  private static final Destination TARGET = Destination.of("a.example", 443);

  private static final DecoderFuzz NO_LOGIN =
      DecoderFuzz.of(() -> shaking(""), SessionException.class).atMost(1, 600);
  private static final DecoderFuzz LOGIN =
      DecoderFuzz.of(() -> shaking("ann"), SessionException.class).atMost(1, 600);

  private SocksFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    requests(input);
    datagrams(input);
    NO_LOGIN.run(input);
    LOGIN.run(input);
  }

  private static void requests(byte[] input) {
    ByteBuf in = Unpooled.wrappedBuffer(input);
    try {
      if (SocksRequest.greeting(in) != SocksRequest.INCOMPLETE) {
        SocksRequest.login(in);
        SocksRequest.version5(in);
      }
    } catch (SocksFormatException e) {
      in.readerIndex(0);
    }
    in.readerIndex(0);
    try {
      SocksRequest.version4(in);
    } catch (SocksFormatException e) {
      in.readerIndex(0);
    }
  }

  private static void datagrams(byte[] input) {
    SocksDatagram codec = new SocksDatagram();
    Destination first = codec.read(Unpooled.wrappedBuffer(input));
    ByteBuf again = Unpooled.wrappedBuffer(input);
    Destination second = codec.read(again); // by what it remembers
    if (first == null ? second != null : !first.equals(second)) {
      throw new AssertionError(first + " is read again as " + second);
    }
  }

  private static EmbeddedChannel shaking(String username) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    Promise<Channel> ready = channel.eventLoop().newPromise();
    ready.addListener(
        done -> {
          if (!done.isSuccess()) {
            channel.close(); // as the one who dialled does
          }
        });
    SocksClientHandler.shake(
        channel,
        new SocksOutboundOptions(Destination.of("192.0.2.1", 1080), username, "secret"),
        SocksRequest.CONNECT,
        TARGET,
        Duration.ofSeconds(1),
        ready,
        bound -> {
          ready.trySuccess(channel);
          channel.read();
        });
    return channel;
  }
}
