package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import com.github.shiroedev2024.leaf.engine.codec.LeadingBytes;
import com.github.shiroedev2024.leaf.engine.codec.ProxyServer;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.Set;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * A Trojan server as a node. A stream is ready once the server is connected: a server that does not
 * know the password says nothing of it, or answers as the web server that it pretends to be.
 */
final class TrojanOutbound implements Outbound {
  private final String tag;
  private final ProxyServer server;
  private final byte[] key;
  private final Logger log;

  TrojanOutbound(String tag, TrojanOptions options, ILoggerFactory logs) {
    this.tag = tag;
    this.server = new ProxyServer(this, "trojan", options.server());
    this.key = TrojanKey.of(options.password());
    this.log = logs.getLogger("leaf.trojan");
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
        pipeline -> pipeline.addLast(LeadingBytes.request(request(Network.TCP, destination))));
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return server.open(
        session,
        first,
        below,
        pipeline ->
            pipeline.addLast(
                new TrojanPacketDecoder(server.name()),
                new TrojanPacketEncoder(request(Network.UDP, first), log)));
  }

  private byte[] request(Network network, Destination destination) {
    byte[] request = new byte[TrojanRequest.length(destination)];
    ByteBuf out = Unpooled.wrappedBuffer(request).writerIndex(0);
    TrojanRequest.write(key, network, destination, out);
    return request;
  }
}
