package com.github.shiroedev2024.leaf.engine.protocol.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** An HTTP proxy as a node: each stream is a CONNECT (RFC 9110 section 9.3.6). */
final class HttpConnectOutbound implements Outbound {
  private final String tag;
  private final @Nullable Destination server;
  private final String login;
  private final String peer;
  private final Duration timeout;

  HttpConnectOutbound(String tag, HttpConnectOptions options, OutboundContext context) {
    this.tag = tag;
    this.server = options.server();
    this.login =
        options.username().isEmpty()
            ? ""
            : Base64.getEncoder()
                .encodeToString((options.username() + ":" + options.password()).getBytes(UTF_8));
    this.peer = server == null ? "http proxy of '" + tag + "'" : "http proxy " + server;
    this.timeout = context.options().get(EngineOptions.OUTBOUND_DIAL_TIMEOUT);
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
    if (destination.host().isEmpty() || !HttpConnectHandler.fits(destination.host())) {
      return Connecting.failed(
          session,
          CloseReason.NOT_SUPPORTED,
          peer + ": the destination's name does not fit an HTTP request");
    }
    if (server == null && below.isSystem()) {
      return Connecting.failed(
          session,
          CloseReason.NOT_SUPPORTED,
          peer + ": it has no address, and nothing below it reaches a server");
    }
    return Connecting.then(
        session,
        below.dial(session, server == null ? destination : server),
        (channel, ready) ->
            HttpConnectHandler.shake(
                channel,
                peer,
                destination,
                login,
                timeout,
                ready,
                () -> {
                  Path.passed(channel, this);
                  Connecting.deliver(ready, channel);
                }));
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return Connecting.failed(session, CloseReason.NOT_SUPPORTED, peer + ": it carries no udp");
  }
}
