package com.github.shiroedev2024.leaf.engine.protocol.vless;

import com.github.shiroedev2024.leaf.engine.codec.LeadingBytes;
import com.github.shiroedev2024.leaf.engine.codec.PeerStreams;
import com.github.shiroedev2024.leaf.engine.codec.ProxyServer;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.Future;
import java.util.Set;
import java.util.UUID;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * A VLESS server as a node. A stream is ready once the server is connected: its response comes with
 * the first bytes of the destination, and a server that does not know the user ends the stream.
 */
final class VlessOutbound implements Outbound {
  private final String tag;
  private final ProxyServer server;
  private final UUID uuid;
  private final Logger log;

  VlessOutbound(String tag, VlessOptions options, ILoggerFactory logs) {
    this.tag = tag;
    this.server = new ProxyServer(this, "vless", options.server());
    this.uuid = options.uuid();
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
    return server.open(
        session,
        destination,
        below,
        pipeline ->
            pipeline.addLast(
                new VlessResponseReader(server.name()),
                LeadingBytes.request(VlessRequest.bytes(uuid, Network.TCP, destination))));
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return server.open(
        session,
        first,
        below,
        pipeline -> {
          packets(pipeline, first);
          pipeline.addLast(
              new PeerStreams(
                  first,
                  other ->
                      server.openBeside(session, other, below, further -> packets(further, other)),
                  log));
        });
  }

  private void packets(ChannelPipeline pipeline, Destination target) {
    pipeline.addLast(
        new VlessResponseReader(server.name()),
        new VlessPacketDecoder(target, server.name()),
        new VlessPacketEncoder(target, VlessRequest.bytes(uuid, Network.UDP, target)));
  }
}
