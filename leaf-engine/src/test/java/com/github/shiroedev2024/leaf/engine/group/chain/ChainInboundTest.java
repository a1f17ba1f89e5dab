package com.github.shiroedev2024.leaf.engine.group.chain;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ChainInboundTest {
  private final List<String> seen = new ArrayList<>();

  private final class Protocol implements Inbound {
    @Override
    public String tag() {
      return "in";
    }

    @Override
    public void accept(Channel client) {
      seen.add("protocol");
    }

    @Override
    public void close() {
      seen.add("close protocol");
    }
  }

  private final class Layer implements InboundLayer {
    private final String name;
    private final int streams;

    Layer(String name, int streams) {
      this.name = name;
      this.streams = streams;
    }

    @Override
    public void accept(Channel client, Consumer<Channel> next) {
      seen.add(name);
      for (int i = 0; i < streams; i++) {
        next.accept(client);
      }
    }

    @Override
    public void attach(Channel udp, Consumer<Channel> next) {
      seen.add(name + " on udp");
      next.accept(udp);
    }

    @Override
    public void close() {
      seen.add("close " + name);
    }
  }

  @Test
  void eachLayerHandsItsStreamsToTheNext() {
    ChainInbound chain =
        new ChainInbound(
            EnumSet.of(Network.TCP),
            List.of(new Layer("tls", 1), new Layer("mux", 2), new Layer("ws", 1)),
            new Protocol());
    chain.accept(new EmbeddedChannel());
    assertThat(seen).containsExactly("tls", "mux", "ws", "protocol", "ws", "protocol");
    assertThat(chain.tag()).isEqualTo("in");
  }

  @Test
  void listensOnWhatItsFirstLayerNeeds() {
    ChainInbound chain =
        new ChainInbound(
            EnumSet.of(Network.UDP),
            List.of(new Layer("quic", 1), new Layer("ws", 1)),
            new Protocol());
    assertThat(chain.networks()).isEqualTo(Set.of(Network.UDP));
    chain.attach(new EmbeddedChannel());
    assertThat(seen).containsExactly("quic on udp", "ws", "protocol");
  }

  @Test
  void withoutLayersItIsItsProtocol() {
    ChainInbound chain = new ChainInbound(EnumSet.noneOf(Network.class), List.of(), new Protocol());
    assertThat(chain.networks()).isEqualTo(Set.of(Network.TCP));
    chain.accept(new EmbeddedChannel());
    assertThat(seen).containsExactly("protocol");
  }

  @Test
  void closesAllItsParts() {
    new ChainInbound(EnumSet.of(Network.TCP), List.of(new Layer("tls", 1)), new Protocol()).close();
    assertThat(seen).containsExactly("close tls", "close protocol");
  }
}
