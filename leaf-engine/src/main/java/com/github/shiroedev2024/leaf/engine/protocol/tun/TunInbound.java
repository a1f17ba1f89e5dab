package com.github.shiroedev2024.leaf.engine.protocol.tun;

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
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.Resolver;
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
  private final InboundContext context;
  private final Logger log;
  private volatile @Nullable TunDevice device;

  TunInbound(String tag, TunOptions options, InboundContext context) {
    this.tag = tag;
    this.plan = TunPlan.of(options, context.options());
    this.dnsHijack = options.dnsHijack();
    this.context = context;
    this.log = context.logs().getLogger("leaf.tun");
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
    if (dnsHijack && flow.targetPort == DnsService.PORT) {
      client.pipeline().addLast(new DnsStream(this, flow.target()));
      return;
    }
    serve(client, flow.target(), Reply.INSTANCE);
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
