package com.github.shiroedev2024.leaf.engine.transport.obfs;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * The layer: it dials what it is asked for and dresses the stream up. There is no handshake of its
 * own, so a stream is ready once the server is connected. It carries no UDP: nothing on the wire
 * stands for it, and sending the datagrams bare would betray what is hidden here.
 */
final class ObfsOutbound implements Outbound {
  private final String tag;
  private final ObfsOptions options;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final String userAgent;

  ObfsOutbound(String tag, ObfsOptions options, InstantSource clock) {
    this.tag = tag;
    this.options = options;
    this.clock = clock;
    // One client keeps one version.
    this.userAgent = "curl/7." + random.nextInt(51) + "." + random.nextInt(2);
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
        (channel, ready) -> {
          channel.pipeline().addLast(stream(destination));
          Path.passed(channel, this);
          Connecting.deliver(ready, channel);
        });
  }

  private ObfsStream stream(Destination server) {
    String host = options.host().isEmpty() ? server.host() : options.host();
    String peer = "obfs server " + server;
    return switch (options.method()) {
      case HTTP -> new ObfsHttpStream(host, options.path(), userAgent, random, peer);
      case TLS -> new ObfsTlsStream(host, clock, random, peer);
    };
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return Connecting.failed(
        session, CloseReason.NOT_SUPPORTED, "obfs '" + tag + "' does not carry udp");
  }
}
