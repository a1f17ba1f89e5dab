package com.github.shiroedev2024.leaf.engine.group.chain;

import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.Layers;
import io.netty.channel.Channel;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Layers in front of a protocol: each hands the streams it makes to the next. It listens on what
 * its first part needs.
 */
final class ChainInbound implements Inbound {
  private final Set<Network> networks;
  private final List<InboundLayer> layers;
  private final Inbound protocol;
  private final Consumer<Channel> behindFirst;

  /**
   * @param networks what the outermost layer is reached over; of no use without layers
   * @param layers the outermost first
   */
  ChainInbound(Set<Network> networks, List<InboundLayer> layers, Inbound protocol) {
    this.networks = layers.isEmpty() ? protocol.networks() : Set.copyOf(networks);
    this.layers = List.copyOf(layers);
    this.protocol = protocol;
    this.behindFirst =
        Layers.inFront(
            layers.isEmpty() ? List.of() : this.layers.subList(1, layers.size()), protocol::accept);
  }

  @Override
  public String tag() {
    return protocol.tag();
  }

  @Override
  public Set<Network> networks() {
    return networks;
  }

  @Override
  public void accept(Channel client) {
    if (layers.isEmpty()) {
      protocol.accept(client);
    } else {
      layers.getFirst().accept(client, behindFirst);
    }
  }

  @Override
  public void attach(Channel udp) {
    if (layers.isEmpty()) {
      protocol.attach(udp);
    } else {
      layers.getFirst().attach(udp, behindFirst);
    }
  }

  @Override
  public void close() {
    layers.forEach(InboundLayer::close);
    protocol.close();
  }
}
