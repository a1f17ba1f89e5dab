package com.github.shiroedev2024.leaf.engine.transport.httpupgrade;

import com.github.shiroedev2024.leaf.engine.http.Head;
import com.github.shiroedev2024.leaf.engine.http.RequestText;
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
import io.netty.channel.ChannelDuplexHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A connection to the destination, over what dials it, that begins as HTTP. */
final class HttpUpgradeOutbound implements Outbound {
  private final String tag;
  private final HttpUpgradeOptions options;
  private final String userAgent;
  private final Duration timeout;

  HttpUpgradeOutbound(String tag, HttpUpgradeOptions options, EngineOptions engine) {
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
    return Connecting.then(
        session,
        below.dial(session, destination),
        (channel, ready) ->
            channel
                .pipeline()
                .addLast(
                    new UpgradeClient(
                        new Request(destination),
                        "httpupgrade server " + destination,
                        timeout,
                        0,
                        ready,
                        this)));
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return Connecting.failed(
        session, CloseReason.NOT_SUPPORTED, "httpupgrade '" + tag + "' does not carry udp");
  }

  private final class Request implements UpgradeClient.Upgrade {
    private final Destination destination;

    Request(Destination destination) {
      this.destination = destination;
    }

    @Override
    public String request(byte[] early) {
      return new RequestText("GET", options.path())
          .host(options.headers(), destination)
          .field("Connection", "Upgrade")
          .field("Upgrade", "websocket")
          .fields(options.headers(), userAgent)
          .end();
    }

    @Override
    public @Nullable String fault(Head answer) {
      return answer.has("Upgrade", "websocket") && answer.has("Connection", "Upgrade")
          ? null
          : "switched to something else than what was asked for";
    }

    @Override
    public @Nullable ChannelDuplexHandler stream() {
      return null;
    }
  }
}
