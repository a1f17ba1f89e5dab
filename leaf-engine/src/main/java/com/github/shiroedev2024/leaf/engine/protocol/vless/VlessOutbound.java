package com.github.shiroedev2024.leaf.engine.protocol.vless;

import com.github.shiroedev2024.leaf.engine.codec.LeadingRequest;
import com.github.shiroedev2024.leaf.engine.codec.PeerStreams;
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
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.Future;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * A VLESS server as a node. A stream is ready once the server is connected: its response comes with
 * the first bytes of the destination, and a server that does not know the user ends the stream.
 */
final class VlessOutbound implements Outbound {
  private final String tag;
  private final @Nullable Destination server;
  private final UUID uuid;
  private final String peer;
  private final Dialer system;
  private final Logger log;

  /**
   * @param system the dialer that reaches no server by itself
   */
  VlessOutbound(String tag, VlessOptions options, Dialer system, ILoggerFactory logs) {
    this.tag = tag;
    this.server = options.server();
    this.uuid = options.uuid();
    this.peer = server == null ? "vless server of '" + tag + "'" : "vless server " + server;
    this.system = system;
    this.log = logs.getLogger("leaf.vless");
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
  public boolean carriesOver(Network network, Set<Network> below) {
    return below.contains(Network.TCP);
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    return open(
        session,
        destination,
        below,
        pipeline ->
            pipeline.addLast(
                new VlessResponseReader(peer),
                new LeadingRequest(VlessRequest.bytes(uuid, Network.TCP, destination))),
        true);
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return open(
        session,
        first,
        below,
        pipeline -> {
          packets(pipeline, first);
          pipeline.addLast(
              new PeerStreams(
                  first,
                  other -> open(session, other, below, further -> packets(further, other), false),
                  log));
        },
        true);
  }

  private void packets(ChannelPipeline pipeline, Destination target) {
    pipeline.addLast(
        new VlessResponseReader(peer),
        new VlessPacketDecoder(target, peer),
        new VlessPacketEncoder(target, VlessRequest.bytes(uuid, Network.UDP, target)));
  }

  /**
   * @param carries whether the channel is the session's own, and not one beside it
   */
  private Future<Channel> open(
      Session session,
      Destination destination,
      Dialer below,
      Consumer<ChannelPipeline> codec,
      boolean carries) {
    if (!SocksAddress.fits(destination)) {
      return Connecting.failed(
          session,
          CloseReason.NOT_SUPPORTED,
          peer + ": the destination's name does not have 1 to 255 bytes");
    }
    if (server == null && below == system) {
      return Connecting.failed(
          session,
          CloseReason.NOT_SUPPORTED,
          peer + ": it has no address, and nothing below it reaches a server");
    }
    return Connecting.then(
        session,
        below.dial(session, server == null ? destination : server),
        (channel, ready) -> {
          codec.accept(channel.pipeline());
          if (carries) {
            Path.passed(channel, this);
          }
          Connecting.deliver(ready, channel);
        });
  }
}
