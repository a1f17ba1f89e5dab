package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import com.github.shiroedev2024.leaf.engine.fakes.FuzzDispatcher;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import java.util.List;

/** Requests of Trojan, bare and behind a right key at the inbound, and packets. */
public final class TrojanFuzz {
  private static final List<TrojanUser> USERS = List.of(new TrojanUser("secret", "ann"));
  private static final TrojanUsers KNOWN = new TrojanUsers(USERS);
  private static final byte[] KEY = TrojanKey.of("secret");
  private static final TrojanInbound INBOUND =
      new TrojanInbound("in", new TrojanInboundOptions(USERS, null), FuzzDispatcher.context(0));
  private static final TrojanInbound FALLING_BACK =
      new TrojanInbound(
          "in",
          new TrojanInboundOptions(USERS, Destination.of("192.0.2.1", 80)),
          FuzzDispatcher.context(0));

  private static final DecoderFuzz[] FUZZ = {
    DecoderFuzz.of(() -> served(INBOUND), SessionException.class),
    DecoderFuzz.of(() -> served(FALLING_BACK), SessionException.class),
    DecoderFuzz.of(
        () -> new EmbeddedChannel(new TrojanPacketDecoder("the peer")), SessionException.class)
  };

  private TrojanFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 2) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(input, 2, input.length);
    int mode = input[0] & 0xff;
    if ((mode & 0x80) != 0) { // behind a right key, which no fuzzer guesses
      byte[] keyed = Arrays.copyOf(KEY, KEY.length + rest.length);
      System.arraycopy(rest, 0, keyed, KEY.length, rest.length);
      rest = keyed;
    }
    FUZZ[(mode & 0x7f) % FUZZ.length].run(input[1], rest);
    try {
      TrojanRequest.read(Unpooled.wrappedBuffer(rest), KNOWN);
    } catch (TrojanRequest.RefusedException e) {
      return;
    }
  }

  private static EmbeddedChannel served(TrojanInbound inbound) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    inbound.accept(channel);
    return channel;
  }
}
