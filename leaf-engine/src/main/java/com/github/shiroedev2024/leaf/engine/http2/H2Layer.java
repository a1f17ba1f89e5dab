package com.github.shiroedev2024.leaf.engine.http2;

import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import io.netty.channel.Channel;
import java.util.function.Consumer;

/** Takes the streams of HTTP/2 connections that a service accepts. */
public record H2Layer(H2Service service, EngineOptions options) implements InboundLayer {
  @Override
  public void accept(Channel client, Consumer<Channel> next) {
    client.pipeline().addLast(new H2Server(service, options, next));
  }
}
