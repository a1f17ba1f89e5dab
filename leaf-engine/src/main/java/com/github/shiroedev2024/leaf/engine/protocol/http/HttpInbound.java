package com.github.shiroedev2024.leaf.engine.protocol.http;

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

/** Serves HTTP proxy clients. */
public final class HttpInbound implements Inbound {
  private final String tag;
  private final Logins logins;
  private final Dispatcher dispatcher;
  private final EngineOptions options;
  private final Logger log;

  public HttpInbound(String tag, List<User> users, InboundContext context) {
    this.tag = tag;
    this.logins = new Logins(users);
    this.dispatcher = context.dispatcher();
    this.options = context.options();
    this.log = context.logs().getLogger("leaf.http");
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public void accept(Channel client) {
    HttpRequestReader reader = new HttpRequestReader();
    client.pipeline().addLast(reader, new HttpProxyHandler(this, reader));
  }

  Logins logins() {
    return logins;
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  /** For the first request's head, and for each later one after the response before it. */
  Duration requestTimeout() {
    return options.get(EngineOptions.INBOUND_ACCEPT_TIMEOUT);
  }

  Duration halfClosedTimeout() {
    return options.get(EngineOptions.TCP_DOWNLINK_TIMEOUT);
  }

  Logger log() {
    return log;
  }
}
