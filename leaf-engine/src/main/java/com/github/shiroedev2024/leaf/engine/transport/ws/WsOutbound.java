package com.github.shiroedev2024.leaf.engine.transport.ws;

import com.github.shiroedev2024.leaf.engine.http.UpgradeClient;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.security.SecureRandom;
import java.time.Duration;

/** A WebSocket to the destination, over what dials it. */
final class WsOutbound implements Outbound {
  private final String tag;
  private final WsOptions options;
  private final String userAgent;
  private final Duration timeout;
  private final SecureRandom random = new SecureRandom();

  WsOutbound(String tag, WsOptions options, EngineOptions engine) {
    this.tag = tag;
    this.options = options;
    this.userAgent = engine.get(EngineOptions.HTTP_USER_AGENT);
    this.timeout = engine.get(EngineOptions.OUTBOUND_DIAL_TIMEOUT);
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public boolean carries(Network network) {
    return network == Network.TCP;
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    String peer = "websocket server " + destination;
    return Connecting.then(
        session,
        below.dial(session, destination),
        (channel, ready) ->
            channel
                .pipeline()
                .addLast(
                    new UpgradeClient(
                        new WsRequest(options, destination, userAgent, peer, random),
                        peer,
                        timeout,
                        options.maxEarlyData(),
                        ready,
                        this)));
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return Connecting.failed(
        session, CloseReason.NOT_SUPPORTED, "ws '" + tag + "' does not carry udp");
  }
}
