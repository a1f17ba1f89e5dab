package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import com.github.shiroedev2024.leaf.engine.spi.Dispatcher;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.telemetry.LogThrottle;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;

/** Serves Shadowsocks clients, TCP and UDP on one port. */
class ShadowsocksInbound implements Inbound {
  private static final Duration LEAST_INTERVAL = Duration.ofSeconds(1);

  private final String tag;
  private final ServerEdition edition;
  private final Dispatcher dispatcher;
  private final EngineOptions options;
  private final Logger log;
  private final LogThrottle refusals = new LogThrottle();
  private final LogThrottle overflows = new LogThrottle();

  ShadowsocksInbound(String tag, ShadowsocksInboundOptions settings, InboundContext context) {
    this.tag = tag;
    this.dispatcher = context.dispatcher();
    this.options = context.options();
    this.log = context.logs().getLogger("leaf.shadowsocks");
    settings.method().cipher().load();
    Salts salts = new Salts(new SecureRandom(), new byte[0]);
    this.edition =
        settings.method().is2022()
            ? new Server2022(settings.keys(), new Clock2022(context.clock()), salts)
            : new AeadServer(
                new ShadowsocksKey(settings.method().cipher(), settings.password()), salts);
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public Set<Network> networks() {
    return EnumSet.allOf(Network.class);
  }

  @Override
  public void accept(Channel client) {
    client.pipeline().addLast(new ServerHandshake(this, edition.request()));
  }

  @Override
  public void attach(Channel udp) {
    udp.pipeline().addLast(new ServerDatagrams(this, edition.packets()));
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  Duration handshakeTimeout() {
    return options.get(EngineOptions.INBOUND_ACCEPT_TIMEOUT);
  }

  int maxAssociations() {
    return options.get(EngineOptions.MAX_ASSOCIATIONS);
  }

  /** How often what is over is looked for. */
  Duration sweepInterval() {
    Duration interval = options.get(EngineOptions.UDP_SESSION_TIMEOUT_CHECK_INTERVAL);
    return interval.compareTo(LEAST_INTERVAL) < 0 ? LEAST_INTERVAL : interval;
  }

  Logger log() {
    return log;
  }

  /** Says why a client's stream is not served: rarely, since anybody may knock. */
  void refused(Channel client, String why) {
    long suppressed = refusals.pass(client.eventLoop().ticker().nanoTime());
    if (suppressed >= 0) {
      log.warn(
          "inbound '{}': not serving {}: {}; {} more since the last such line",
          tag,
          ClientOrigin.source(client),
          why,
          suppressed);
    }
  }

  /** A packet was dropped. */
  void dropped(InetSocketAddress client, String why) {
    log.debug("inbound '{}': dropped a datagram of {}: {}", tag, client, why);
  }

  /** A client's session was refused. */
  void full(long nanos) {
    long suppressed = overflows.pass(nanos);
    if (suppressed >= 0) {
      log.warn(
          "inbound '{}': refusing UDP sessions: max-associations is {}; {} more were refused since"
              + " the last such line",
          tag,
          maxAssociations(),
          suppressed);
    }
  }
}
