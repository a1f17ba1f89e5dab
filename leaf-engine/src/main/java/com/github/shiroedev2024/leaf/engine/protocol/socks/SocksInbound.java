package com.github.shiroedev2024.leaf.engine.protocol.socks;

import com.github.shiroedev2024.leaf.engine.spi.Dispatcher;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.Logins;
import com.github.shiroedev2024.leaf.engine.spi.User;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;

/** Serves SOCKS clients. */
public final class SocksInbound implements Inbound {
  private final String tag;
  private final Logins logins;
  private final Dispatcher dispatcher;
  private final Duration handshakeTimeout;
  private final Logger log;

  public SocksInbound(String tag, List<User> users, InboundContext context) {
    this.tag = tag;
    this.logins = new Logins(users);
    this.dispatcher = context.dispatcher();
    this.handshakeTimeout = context.options().get(EngineOptions.INBOUND_ACCEPT_TIMEOUT);
    this.log = context.logs().getLogger("leaf.socks");
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public void accept(Channel client) {
    client.pipeline().addLast(new SocksServerHandler(this));
  }

  Logins logins() {
    return logins;
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  Duration handshakeTimeout() {
    return handshakeTimeout;
  }

  Logger log() {
    return log;
  }
}
