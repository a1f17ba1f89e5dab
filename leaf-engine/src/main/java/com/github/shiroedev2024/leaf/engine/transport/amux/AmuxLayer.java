package com.github.shiroedev2024.leaf.engine.transport.amux;

import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.Layers;
import io.netty.channel.Channel;
import java.util.List;
import java.util.function.Consumer;

/** Takes the streams of clients' connections apart, behind layers of its own. */
final class AmuxLayer implements InboundLayer {
  private final List<InboundLayer> layers;
  private final EngineOptions options;

  /**
   * @param layers what a connection passes first, the outermost first
   */
  AmuxLayer(List<InboundLayer> layers, EngineOptions options) {
    this.layers = List.copyOf(layers);
    this.options = options;
  }

  @Override
  public void accept(Channel client, Consumer<Channel> next) {
    Layers.inFront(
            layers,
            stream -> stream.pipeline().addLast("amux", new AmuxServer(stream, next, options)))
        .accept(client);
  }

  @Override
  public void close() {
    layers.forEach(InboundLayer::close);
  }
}
