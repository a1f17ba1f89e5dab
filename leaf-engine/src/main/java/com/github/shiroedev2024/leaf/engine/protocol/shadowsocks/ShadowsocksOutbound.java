package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * A Shadowsocks server as a node. A stream is ready once the server is connected: whether the
 * password fits, and whether the server reached the destination, shows with its first answer only.
 */
final class ShadowsocksOutbound implements Outbound {
  private final String tag;
  private final Destination server;
  private final ClientEdition edition;
  private final String peer;
  private final Logger log;

  ShadowsocksOutbound(
      String tag, ShadowsocksOptions options, InstantSource clock, ILoggerFactory logs) {
    this.tag = tag;
    this.server = options.server();
    this.edition = edition(options, clock);
    this.peer = "shadowsocks server " + server;
    this.log = logs.getLogger(ShadowsocksOutbound.class.getName());
  }

  /** What these settings make of a stream and of an association. */
  static ClientEdition edition(ShadowsocksOptions options, InstantSource clock) {
    Salts salts = new Salts(new SecureRandom(), options.prefix().getBytes(UTF_8));
    ShadowsocksMethod method = options.method();
    method.cipher().load();
    return method.is2022()
        ? new Client2022(Keys2022.read(method, options.password()), new Clock2022(clock), salts)
        : new AeadClient(new ShadowsocksKey(method.cipher(), options.password()), salts);
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public boolean carries(Network network) {
    return true;
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    if (!SocksAddress.fits(destination)) {
      return Connecting.failed(
          session,
          CloseReason.NOT_SUPPORTED,
          peer + ": the destination's name does not have 1 to 255 bytes");
    }
    return Connecting.then(
        session,
        below.dial(session, server),
        (channel, ready) -> {
          channel.pipeline().addLast(edition.stream(destination, peer));
          deliver(channel, ready);
        });
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return Connecting.then(
        session,
        below.associate(session, server),
        (channel, ready) -> {
          channel.pipeline().addLast(new ShadowsocksDatagrams(server, edition.datagrams(), log));
          deliver(channel, ready);
        });
  }

  private void deliver(Channel channel, Promise<Channel> ready) {
    Path.passed(channel, this);
    Connecting.deliver(ready, channel);
  }
}
