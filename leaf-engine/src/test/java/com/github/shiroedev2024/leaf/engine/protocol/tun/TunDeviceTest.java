package com.github.shiroedev2024.leaf.engine.protocol.tun;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.dns.FakeAddressPool;
import com.github.shiroedev2024.leaf.engine.dns.FakeDnsFilter;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.packet.Drop;
import com.github.shiroedev2024.leaf.engine.packet.PacketView;
import com.github.shiroedev2024.leaf.engine.packet.Packets;
import com.github.shiroedev2024.leaf.engine.packet.TooBig;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.protocol.drop.DropOutbound;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the device's thread does with each kind of packet. Nothing here reaches a network. */
@ExtendWith(LeakCheck.class)
class TunDeviceTest {
  private static final int PORT = 5000;
  private static final TunNet FOUR =
      new TunNet(
          InetAddress.ofLiteral("192.168.233.2"), 24, InetAddress.ofLiteral("192.168.233.1"));
  private static final TunNet SIX =
      new TunNet(InetAddress.ofLiteral("2001:2::2"), 64, InetAddress.ofLiteral("2001:2::1"));

  private final SmallEngine engine =
      new SmallEngine().through(new DropOutbound("drop")).with(EngineOptions.MAX_ASSOCIATIONS, 50);
  private final FakeAddressPool pool = new FakeAddressPool(Ticker.systemTicker());
  private final PacketView view = new PacketView();
  private FakePackets packets = new FakePackets(0);
  private @Nullable TunDevice started;

  private void start(int headerLength, boolean six) {
    start(headerLength, six, null);
  }

  private void start(int headerLength, boolean six, @Nullable FakeDnsFilter fakes) {
    packets = new FakePackets(headerLength);
    TunPlan plan = new TunPlan(-1, "fake0", FOUR, six ? SIX : null, 1500, false, 0, false, false);
    TunDevice device = new TunDevice(plan, packets, false, engine.loops(), engine.logs());
    TunOptions options =
        new TunOptions(-1, "fake0", FOUR, six ? SIX : null, 1500, false, 0, false, fakes);
    started = device;
    device.serve(
        new TunInbound("tun", options, new FakingContext(engine, pool)),
        plan.nets().stream().map(n -> new InetSocketAddress(n.address(), PORT)).toList());
  }

  private long dropped(Drop why) {
    return Objects.requireNonNull(started).drops().of(why);
  }

  @AfterEach
  void close() {
    TunDevice device = started;
    if (device != null) {
      device.close();
      assertThat(packets.isClosed()).isTrue();
      assertThat(device.drops().of(Drop.FAULT)).isZero();
    }
    engine.close();
  }

  private static byte[] behindHeader(byte[] packet) {
    byte[] whole = new byte[10 + packet.length];
    System.arraycopy(packet, 0, whole, 10, packet.length);
    return whole;
  }

  private byte[] answered(byte[] packet) {
    int before = packets.written().size();
    packets.send(behindHeader(packet));
    Await.until("an answer", () -> packets.written().size() > before);
    byte[] answer = packets.written().getLast();
    byte[] bare = new byte[answer.length - 10];
    System.arraycopy(answer, 10, bare, 0, bare.length);
    assertThat(view.read(ByteBuffer.wrap(bare), 0, bare.length)).isNull();
    return bare;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aConnectionIsLedToOurSocketAndBack(boolean six) {
    start(10, true);
    byte[] syn = answered(Packets.tcp(six, 40000, 443, PacketView.SYN, new byte[0]));
    assertThat(Packets.fits(syn)).isTrue();
    assertThat(view.targetPort()).isEqualTo(PORT);
    TunNet net = six ? SIX : FOUR;
    assertThat(view.targetLow()).isEqualTo(Flow.low(net.address()));
    assertThat(view.sourceLow()).isEqualTo(Flow.low(net.peer()));
    assertThat(view.targetHigh()).isEqualTo(Flow.high(net.address()));
    int port = view.sourcePort();
    byte[] data = answered(Packets.tcp(six, 40000, 443, PacketView.ACK, new byte[] {1, 2, 3}));
    assertThat(Packets.fits(data)).isTrue();
    assertThat(view.sourcePort()).isEqualTo(port);
    answered(Packets.tcp(six, 40001, 443, PacketView.SYN, new byte[0]));
    assertThat(view.sourcePort()).isNotEqualTo(port);
    // What our socket answers: the packet that came, turned round.
    ByteBuffer turned = ByteBuffer.wrap(data);
    assertThat(view.read(turned, 0, data.length)).isNull();
    view.redirectTcp(
        Flow.high(net.address()),
        Flow.low(net.address()),
        PORT,
        Flow.high(net.peer()),
        Flow.low(net.peer()),
        port,
        false);
    byte[] back = answered(data);
    assertThat(Packets.fits(back)).isTrue();
    assertThat(view.sourcePort()).isEqualTo(443);
    assertThat(view.targetPort()).isEqualTo(40000);
    assertThat((int) view.sourceLow() & 0xff).isEqualTo(9);
    assertThat((int) view.targetLow() & 0xff).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ourSocketLearnsOfANarrowLinkBehind(boolean six) {
    start(10, true);
    answered(Packets.tcp(six, 40000, 443, PacketView.SYN, new byte[0]));
    int port = view.sourcePort();
    TunNet net = six ? SIX : FOUR;
    // The client's own packet, turned round: that is how ours looks to the router.
    byte[] ours = Packets.tcp(six, 443, 40000, PacketView.ACK, new byte[100]);
    int length = six ? 16 : 4;
    int source = six ? 8 : 12;
    System.arraycopy(Packets.address(six, 9), 0, ours, source, length);
    System.arraycopy(Packets.address(six, 3), 0, ours, source + length, length);
    byte[] told = answered(Packets.tooBig(six, ours, 1300));
    assertThat(Packets.fits(told)).isTrue();
    assertThat(view.targetLow()).isEqualTo(Flow.low(net.address()));
    TooBig message = new TooBig();
    assertThat(message.read(view)).isTrue();
    assertThat(message.mtu()).isEqualTo(1300);
    assertThat(message.sourceLow()).isEqualTo(Flow.low(net.address()));
    assertThat(message.sourcePort()).isEqualTo(PORT);
    assertThat(message.targetLow()).isEqualTo(Flow.low(net.peer()));
    assertThat(message.targetPort()).isEqualTo(port);
    packets.send(behindHeader(Packets.tooBig(six, Arrays.copyOf(ours, length * 2 + 10), 1300)));
    Await.until("one that quotes too little is dropped", () -> dropped(Drop.PROTOCOL) == 1);
    ours[six ? 41 : 21]++;
    packets.send(behindHeader(Packets.tooBig(six, ours, 1300)));
    Await.until("one of another connection is dropped", () -> dropped(Drop.UNKNOWN) == 1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anUnknownConnectionIsReset(boolean six) {
    start(10, true);
    byte[] reset = answered(Packets.tcp(six, 40000, 443, PacketView.ACK, new byte[5]));
    assertThat(Packets.fits(reset)).isTrue();
    assertThat(view.tcpFlags()).isEqualTo(PacketView.RST);
    assertThat(dropped(Drop.UNKNOWN)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDatagramThatNobodyTakesIsRefused(boolean six) {
    start(10, true);
    byte[] answer = answered(Packets.udp(six, 40000, 443, new byte[5]));
    assertThat(Packets.fits(answer)).isTrue();
    assertThat(view.protocol()).isEqualTo(six ? PacketView.ICMP6 : PacketView.ICMP);
    assertThat((int) view.targetLow() & 0xff).isEqualTo(3);
    assertThat(engine.sessions()).hasSize(1);
  }

  @Test
  void ipv6ThatIsOffIsRefusedAtOnce() {
    start(10, false);
    answered(Packets.tcp(true, 40000, 443, PacketView.SYN, new byte[0]));
    assertThat(view.protocol()).isEqualTo(PacketView.ICMP6);
    assertThat(dropped(Drop.IPV6)).isEqualTo(1);
  }

  @Test
  void echoIsAnsweredAndABadChecksumIsNot() {
    start(10, true);
    assertThat(Packets.fits(answered(Packets.echo(false, new byte[30])))).isTrue();
    assertThat(Packets.fits(answered(Packets.echo(true, new byte[30])))).isTrue();
    byte[] bad = Packets.echo(false, new byte[30]);
    bad[40] = 1;
    packets.send(behindHeader(bad));
    Await.until("it is dropped", () -> dropped(Drop.CHECKSUM) == 1);
  }

  private void startFaking() {
    start(10, true, new FakeDnsFilter(true, List.of("*")));
  }

  private byte[] given(String name) {
    return Objects.requireNonNull(pool.give(name)).getAddress();
  }

  @Test
  void datagramsToAFakeAddressGoToItsName() {
    startFaking();
    packets.send(behindHeader(Packets.to(Packets.udp(false, 40000, 443, new byte[5]), given("a"))));
    Await.until("a session", () -> !engine.sessions().isEmpty());
    assertThat(engine.sessions().getFirst().destination()).isEqualTo(Destination.of("a", 443));
  }

  @Test
  void aFakeAddressOfNoNameRefuses() {
    startFaking();
    byte[] nobody = {(byte) 198, 18, 9, 9};
    answered(Packets.to(Packets.udp(false, 40000, 443, new byte[5]), nobody));
    assertThat(view.protocol()).isEqualTo(PacketView.ICMP);
    byte[] syn = Packets.tcp(false, 40000, 81, PacketView.SYN, new byte[0]);
    answered(Packets.to(syn, nobody));
    assertThat(view.tcpFlags() & PacketView.RST).isNotZero();
    packets.send(behindHeader(Packets.to(Packets.echo(false, new byte[30]), nobody)));
    Await.until("all are counted", () -> dropped(Drop.UNMAPPED) == 3);
    assertThat(engine.sessions()).isEmpty();
    // Its first bytes may tell the name.
    answered(Packets.to(Packets.tcp(false, 40000, 443, PacketView.SYN, new byte[0]), nobody));
    assertThat(view.targetPort()).isEqualTo(PORT);
  }

  @Test
  void aFakeAddressOfANameAnswersEcho() {
    startFaking();
    byte[] fake = given("a");
    byte[] reply = answered(Packets.to(Packets.echo(false, new byte[30]), fake));
    assertThat(Packets.fits(reply)).isTrue();
    answered(Packets.to(Packets.tcp(false, 40000, 81, PacketView.SYN, new byte[0]), fake));
    assertThat(view.targetPort()).isEqualTo(PORT);
  }

  /** Without fake DNS the range is a network like others. */
  @Test
  void withoutFakeDnsTheRangeIsNothingSpecial() {
    start(10, true);
    byte[] somebody = {(byte) 198, 18, 9, 9};
    answered(Packets.to(Packets.tcp(false, 40000, 81, PacketView.SYN, new byte[0]), somebody));
    assertThat(view.targetPort()).isEqualTo(PORT);
    packets.send(behindHeader(Packets.to(Packets.udp(false, 4, 443, new byte[5]), somebody)));
    Await.until("a session", () -> !engine.sessions().isEmpty());
    assertThat(engine.sessions().getFirst().destination())
        .isEqualTo(Destination.of("198.18.9.9", 443));
  }

  /** With and without a header, whatever it says: each packet is carried, answered or counted. */
  @ParameterizedTest
  @ValueSource(ints = {0, 10})
  void anyPacketIsSurvived(int headerLength) {
    start(headerLength, true);
    packets.forget();
    Seeds.forEach(
        20_000,
        random -> {
          byte[] packet = Packets.any(random);
          byte[] header = Seeds.bytes(random, headerLength);
          if (headerLength > 0 && random.nextBoolean()) {
            header[0] = (byte) random.nextInt(3);
            header[1] = (byte) random.nextInt(6);
          }
          byte[] whole = new byte[headerLength + packet.length];
          System.arraycopy(header, 0, whole, 0, headerLength);
          System.arraycopy(packet, 0, whole, headerLength, packet.length);
          if (whole.length > 0) {
            packets.send(whole);
          }
        });
    Await.until("all is read", () -> packets.allRead());
    assertThat(packets.writes()).isGreaterThan(1000);
    assertThat(dropped(Drop.TRUNCATED)).isPositive();
    assertThat(dropped(Drop.FAULT)).isZero();
    assertThat(Objects.requireNonNull(started).udp().size()).isLessThanOrEqualTo(50);
  }
}
