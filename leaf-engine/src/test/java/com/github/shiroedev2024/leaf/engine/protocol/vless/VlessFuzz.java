package com.github.shiroedev2024.leaf.engine.protocol.vless;

import com.github.shiroedev2024.leaf.engine.codec.UuidUser;
import com.github.shiroedev2024.leaf.engine.codec.Uuids;
import com.github.shiroedev2024.leaf.engine.fakes.FuzzDispatcher;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Requests of VLESS at the inbound, of a right user if asked to, responses and packets. */
public final class VlessFuzz {
  private static final UUID ID = new UUID(1, 2);
  private static final VlessInbound INBOUND =
      new VlessInbound(
          "in",
          new VlessInboundOptions(List.of(new UuidUser(ID, "ann"))),
          FuzzDispatcher.context(0));

  private static final DecoderFuzz[] FUZZ = {
    DecoderFuzz.of(VlessFuzz::served, SessionException.class).atMost(3, 100),
    DecoderFuzz.of(
        () -> new EmbeddedChannel(new VlessResponseReader("the server")), SessionException.class),
    DecoderFuzz.of(
        () ->
            new EmbeddedChannel(
                new VlessPacketDecoder(Destination.of("192.0.2.1", 53), "the peer")),
        SessionException.class)
  };

  private VlessFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 2) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(input, 2, input.length);
    int mode = input[0] & 0xff;
    if ((mode & 0x80) != 0 && rest.length > Uuids.BYTES) {
      System.arraycopy(Uuids.bytes(ID), 0, rest, 1, Uuids.BYTES);
    }
    FUZZ[(mode & 0x7f) % FUZZ.length].run(input[1], rest);
  }

  private static EmbeddedChannel served() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    INBOUND.accept(channel);
    return channel;
  }
}
