package com.github.shiroedev2024.leaf.engine.transport.amux;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Hop;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Layers;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Streams to one server on connections that it shares, each event loop its own. It dials those by
 * itself, through its actors, whatever the destination is: the protocol above speaks to the server.
 * A probe gets a connection of its own, so that it measures what a new connection takes.
 */
final class AmuxOutbound implements Outbound {
  /** Connections are shared by sessions of one loop, and bound to one interface if to any. */
  private record Way(EventLoop loop, Dialer below) {}

  private final String tag;
  private final AmuxOptions options;
  private final List<Outbound> actors;
  private final String peer;
  private final int streamLimit;
  private final Map<Way, AmuxPool> pools = new ConcurrentHashMap<>();
  private volatile boolean closed;

  AmuxOutbound(
      String tag, AmuxOptions options, List<Outbound> actors, EngineOptions engineOptions) {
    this.tag = tag;
    this.options = options;
    this.actors = List.copyOf(actors);
    this.peer = "amux server " + options.server();
    this.streamLimit = engineOptions.get(EngineOptions.AMUX_STREAM_CHANNEL_SIZE);
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
    if (!below.isSystem()) {
      return Connecting.failed(
          session,
          CloseReason.NOT_SUPPORTED,
          "outbound '"
              + tag
              + "': amux dials by itself and cannot run over another outbound; name it first in the"
              + " chain, and what it is to run over in its own actors");
    }
    AmuxPool pool =
        pools.computeIfAbsent(new Way(session.loop(), below), way -> new AmuxPool(way.loop()));
    if (!session.isProbe()) {
      AmuxClient pooled = pool.usable();
      if (pooled != null) {
        return session.loop().newSucceededFuture(stream(pooled));
      }
    }
    return Connecting.then(
        session,
        Layers.over(actors, below).dial(session, options.server()),
        (channel, ready) -> {
          AmuxClient connection =
              new AmuxClient(
                  channel,
                  peer,
                  streamLimit,
                  session.isProbe() || closed ? AmuxClient.Limits.ONE : limits(),
                  pool);
          channel.pipeline().addLast("amux", connection);
          pool.add(connection);
          Channel stream = stream(connection);
          channel.config().setAutoRead(true);
          Connecting.deliver(ready, stream);
        });
  }

  private AmuxClient.Limits limits() {
    return new AmuxClient.Limits(
        options.maxAccepts(),
        options.concurrency(),
        options.maxRecvBytes(),
        options.maxLifetime().toNanos());
  }

  private Channel stream(AmuxClient connection) {
    AmuxStream stream = connection.open();
    for (Hop hop : Path.of(connection.channel()).hops().reversed()) {
      Path.passed(stream, hop);
    }
    Path.passed(stream, this);
    return stream;
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return Connecting.failed(
        session, CloseReason.NOT_SUPPORTED, "outbound '" + tag + "': amux carries no udp");
  }

  @Override
  public void close() {
    closed = true;
    pools.forEach((way, pool) -> way.loop().execute(pool::close));
  }
}
