package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.dns.FakeDnsFilter;
import com.github.shiroedev2024.leaf.engine.fakes.FuzzDispatcher;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.FakeAddresses;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalIoHandler;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.helpers.NOPLoggerFactory;

/** Questions of clients over TCP, while every name gets a fake address. */
public final class DnsStreamFuzz {
  private static final TunNet NET =
      new TunNet(
          InetAddress.ofLiteral("192.168.233.2"), 24, InetAddress.ofLiteral("192.168.233.1"));
  private static final InetAddress FAKE = InetAddress.ofLiteral("198.18.0.1");
  private static final Destination SERVER = Destination.of("192.0.2.53", 53);
  private static final TunInbound INBOUND = inbound();

  /** At most four times a question, which it repeats, and a name. */
  private static final int FACTOR = 4;

  private static final int NAME = 255;

  private DnsStreamFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    DecoderFuzz.of(() -> new EmbeddedChannel(new DnsStream(INBOUND, SERVER)), AssertionError.class)
        .atMost(FACTOR, NAME)
        .run(input);
  }

  private static TunInbound inbound() {
    TunOptions options =
        new TunOptions(
            -1, "fake0", NET, null, 1500, false, 0, false, new FakeDnsFilter(true, List.of("*")));
    TunInbound inbound =
        new TunInbound("tun", options, new FakingContext(FuzzDispatcher.context(0), new Same()));
    TunPlan plan = new TunPlan(-1, "fake0", NET, null, 1500, false, 0, true, false);
    inbound.serves(
        new TunDevice(
            plan,
            new FakePackets(0),
            false,
            new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory()),
            new NOPLoggerFactory()));
    return inbound;
  }

  /** Every name has the same address. */
  private static final class Same implements FakeAddresses {
    @Override
    public InetAddress give(String name) {
      return FAKE;
    }

    @Override
    public boolean inRange(long address) {
      return (int) address >> 16 == (198 << 24 | 18 << 16) >> 16;
    }

    @Override
    public @Nullable String name(long address) {
      return (address & 1) != 0 && inRange(address) ? "a.example" : null;
    }

    @Override
    public @Nullable Use use(long address) {
      return null;
    }
  }
}
