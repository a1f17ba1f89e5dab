package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.dial.FakeResolver;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.transport.Certificates;
import com.github.shiroedev2024.leaf.engine.transport.Forward;
import com.github.shiroedev2024.leaf.testkit.Await;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.slf4j.helpers.NOPLoggerFactory;

/** Both halves over loopback, between plain sockets. */
final class QuicTunnel implements AutoCloseable {
  static final Identity IDENTITY = Certificates.identity("server.example", "127.0.0.1");

  final SmallEngine server = new SmallEngine();
  final SmallEngine client = new SmallEngine();
  private final FakeResolver resolver =
      new FakeResolver()
          .with("server.example", "127.0.0.1")
          .with("two.example", "127.0.0.2", "127.0.0.1");
  private final List<QuicLayer> layers = new ArrayList<>();
  private final List<QuicOutbound> outbounds = new CopyOnWriteArrayList<>();
  private final List<QuicListener> listeners = new CopyOnWriteArrayList<>();

  /** The layer and what serves its streams. */
  private record Behind(QuicLayer layer, Inbound protocol, List<QuicListener> listeners)
      implements Inbound {
    @Override
    public String tag() {
      return protocol.tag();
    }

    @Override
    public Set<Network> networks() {
      return EnumSet.of(Network.UDP);
    }

    @Override
    public void accept(Channel channel) {
      throw new AssertionError("over UDP only");
    }

    @Override
    public void attach(Channel udp) {
      layer.attach(udp, protocol::accept);
      listeners.add(udp.pipeline().get(QuicListener.class));
    }
  }

  /** A server in front of this protocol; its UDP port. */
  int serve(Map<String, ?> settings, Function<InboundContext, Inbound> protocol) {
    return serve(server, settings, protocol);
  }

  int serve(SmallEngine at, Map<String, ?> settings, Function<InboundContext, Inbound> protocol) {
    Map<String, Object> all = new HashMap<>(settings);
    all.putIfAbsent("certificate", Certificates.certificate(IDENTITY));
    all.putIfAbsent("certificateKey", Certificates.key(IDENTITY));
    all.putIfAbsent("alpn", List.of("h3"));
    return at.listen(
        context -> {
          QuicLayer layer =
              new QuicLayer("in", QuicLayerOptions.read(Certificates.valid(all)), context);
          layers.add(layer);
          return new Behind(layer, protocol.apply(context), listeners);
        });
  }

  /** A server whose streams go to this loopback port. */
  int serve(int target) {
    return serve(Map.of(), forward(target));
  }

  static Function<InboundContext, Inbound> forward(int target) {
    return context -> new Forward(context.dispatcher(), Destination.of("127.0.0.1", target));
  }

  QuicOutbound outbound(int port, Map<String, ?> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.putIfAbsent("address", "127.0.0.1");
    all.put("port", (long) port);
    if (!all.containsKey("insecure") && !all.containsKey("pinnedSha256")) {
      all.putIfAbsent("certificate", Certificates.certificate(IDENTITY));
    }
    all.putIfAbsent("alpn", List.of("h3"));
    QuicOutbound outbound =
        new QuicOutbound(
            "out",
            QuicOptions.read(Certificates.valid(all)),
            resolver,
            client.options(),
            new NOPLoggerFactory());
    outbounds.add(outbound);
    return outbound;
  }

  /** A plain TCP port whose connections go through this outbound. */
  int tunnel(QuicOutbound outbound) {
    return client
        .through(outbound)
        .listen(context -> new Forward(context.dispatcher(), Destination.of("ignored", 1)));
  }

  int tunnel(int port, Map<String, ?> settings) {
    return tunnel(outbound(port, settings));
  }

  int tunnel(int port) {
    return tunnel(port, Map.of());
  }

  /** Connections that clients have. */
  int connections() {
    return outbounds.stream().mapToInt(QuicOutbound::live).sum();
  }

  /** Connections that servers have. */
  int listeners() {
    return listeners.stream().mapToInt(QuicListener::connections).sum();
  }

  /** How the client's first session ended. */
  Session ended() {
    return Await.value(
        "the session ended",
        () ->
            client.sessions().stream()
                .filter(session -> session.closeReason() != null)
                .findFirst()
                .orElse(null));
  }

  @Override
  public void close() {
    server.close(); // tells the clients
    // A datagram that tells it may be lost: the idle timeout of 15 s ends the connection then.
    Await.until(
        Duration.ofSeconds(30), "the clients' connections are closed", () -> connections() == 0);
    outbounds.forEach(QuicOutbound::close);
    layers.forEach(QuicLayer::close);
    client.close();
  }
}
