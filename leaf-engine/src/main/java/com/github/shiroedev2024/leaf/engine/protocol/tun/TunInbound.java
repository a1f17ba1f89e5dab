package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.dns.FakeDnsFilter;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import com.github.shiroedev2024.leaf.engine.spi.ClientReply;
import com.github.shiroedev2024.leaf.engine.spi.Device;
import com.github.shiroedev2024.leaf.engine.spi.DeviceInbound;
import com.github.shiroedev2024.leaf.engine.spi.Dispatcher;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.FakeAddresses;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.Resolver;
import com.github.shiroedev2024.leaf.engine.telemetry.LogThrottle;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Makes sessions of what comes from the device. */
final class TunInbound implements DeviceInbound {
  private final String tag;
  private final TunPlan plan;
  private final boolean dnsHijack;
  private final @Nullable FakeDnsFilter fakeDns;
  private final LogThrottle exhausted = new LogThrottle();
  private final InboundContext context;
  private final Logger log;
  private volatile @Nullable TunDevice device;

  TunInbound(String tag, TunOptions options, InboundContext context) {
    this.tag = tag;
    this.plan = TunPlan.of(options, context.options());
    this.dnsHijack = options.dnsHijack();
    this.fakeDns = options.fakeDns();
    this.context = context;
    this.log = context.logs().getLogger("leaf.tun");
    if (context.options().get(EngineOptions.GATEWAY_MODE) && !plan.gateway()) {
      log.warn("inbound '{}': gateway-mode has no effect without auto-route", tag);
    }
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public Object plan() {
    return plan;
  }

  @Override
  public Device open(List<Device> running) throws IOException {
    return TunDevice.open(plan, running, context.loops(), context.logs());
  }

  void serves(TunDevice now) {
    device = now;
    if (fakeDns != null && now.nat(false) == null) {
      log.warn("inbound '{}': no name gets a fake address, as the device has no IPv4 address", tag);
    }
  }

  Dispatcher dispatcher() {
    return context.dispatcher();
  }

  Resolver resolver() {
    return context.resolver();
  }

  boolean dnsHijack() {
    return dnsHijack;
  }

  /** Whether any question to a DNS server is looked at. */
  boolean answersDns() {
    return dnsHijack || fakeDns != null;
  }

  FakeAddresses fakeAddresses() {
    return context.fakeAddresses();
  }

  /** The name, as addresses are given to it, if it gets a fake one; else null. */
  @Nullable String faked(String name) {
    TunDevice on = device;
    return fakeDns == null || on == null || on.nat(false) == null ? null : fakeDns.covered(name);
  }

  /** Whether an address is a fake one that stands for no name, so that nothing can go there. */
  boolean unmapped(boolean six, long address) {
    FakeAddresses fakes = context.fakeAddresses();
    return fakeDns != null && !six && fakes.inRange(address) && fakes.name(address) == null;
  }

  /** There is no address for a name. */
  void exhausted(String name, long nowNanos) {
    long suppressed = exhausted.pass(nowNanos);
    if (suppressed >= 0) {
      log.warn(
          "inbound '{}': no fake address is free for {}, all are in use; {} more since the last"
              + " such line (max-fake-addresses is {})",
          tag,
          name,
          suppressed,
          context.options().get(EngineOptions.MAX_FAKE_ADDRESSES));
    }
  }

  boolean ipv6() {
    return context.options().get(EngineOptions.ENABLE_IPV6);
  }

  Duration handshakeTimeout() {
    return context.options().get(EngineOptions.INBOUND_ACCEPT_TIMEOUT);
  }

  int maxAssociations() {
    return context.options().get(EngineOptions.MAX_ASSOCIATIONS);
  }

  /** A connection that the kernel made of a client's packets. */
  @Override
  public void accept(Channel client) {
    TunDevice from = device;
    TcpFlow flow = from == null ? null : from.accepted(client);
    if (flow == null) {
      log.debug("inbound '{}': {} did not come through the device", tag, client.remoteAddress());
      refuse(client);
      return;
    }
    ClientOrigin.source(client, flow.source());
    Destination target = target(client, flow);
    if (answersDns() && flow.targetPort == DnsService.PORT) {
      client.pipeline().addLast(new DnsStream(this, target));
      return;
    }
    serve(client, target, Reply.INSTANCE);
  }

  /** Where the client wants to; the name, if it was given a fake address for it. */
  private Destination target(Channel client, TcpFlow flow) {
    FakeAddresses.Use use = flow.six ? null : context.fakeAddresses().use(flow.targetLow);
    if (use == null) {
      return flow.target();
    }
    client.closeFuture().addListener(closed -> use.close());
    return new Destination(use.name(), null, flow.targetPort);
  }

  /** Makes a session of the connection. */
  void serve(Channel client, Destination target, ClientReply reply) {
    client.config().setAutoRead(false);
    Session session = ClientOrigin.open(dispatcher(), Network.TCP, tag, client, target, null);
    dispatcher().serve(session, client, reply);
  }

  /** A client's datagrams go on by the event loop. */
  void noLane(InetSocketAddress client, IOException cause) {
    log.debug("inbound '{}': no short way for {}: {}", tag, client, cause.getMessage());
  }

  /** The client must not take it for an answer that was empty. */
  static void refuse(Channel client) {
    client.config().setOption(ChannelOption.SO_LINGER, 0);
    client.close();
  }

  /** The client's connection stands already: that it failed is told by a reset. */
  private enum Reply implements ClientReply {
    INSTANCE;

    @Override
    public void granted(Channel client, Channel remote) {}

    @Override
    public void refused(Channel client, SessionException cause) {
      refuse(client);
    }
  }
}
