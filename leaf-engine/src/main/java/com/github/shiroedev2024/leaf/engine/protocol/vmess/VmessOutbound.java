package com.github.shiroedev2024.leaf.engine.protocol.vmess;

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
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Set;
import javax.crypto.Cipher;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * A VMess server as a node. A stream is ready once the server is connected: its response comes with
 * the first bytes of the destination, and a server that does not know the user never answers.
 */
final class VmessOutbound implements Outbound {
  private final String tag;
  private final ProxyServer server;
  private final byte[] commandKey;
  private final VmessSecurity security;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Logger log;

  VmessOutbound(String tag, VmessOptions options, InstantSource clock, ILoggerFactory logs) {
    this.tag = tag;
    this.server = new ProxyServer(this, "vmess", options.server());
    this.commandKey = VmessId.commandKey(options.uuid());
    this.security = options.security();
    security.load();
    this.clock = clock;
    this.log = logs.getLogger("leaf.vmess");
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
        pipeline -> pipeline.addLast(stream(Network.TCP, destination)));
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
    pipeline.addLast(stream(Network.UDP, target), new VmessPackets(target));
  }

  private VmessStream stream(Network network, Destination destination) {
    VmessBody body = security.body(network);
    VmessKeys keys = VmessKeys.random(random);
    boolean packets = network == Network.UDP;
    VmessRequest request =
        new VmessRequest(
            keys,
            random.nextInt(256),
            body,
            packets ? VmessRequest.UDP : VmessRequest.TCP,
            destination);
    byte[] header =
        VmessHeader.sealRequest(
            commandKey,
            VmessHeader.authIds(Cipher.ENCRYPT_MODE, commandKey),
            request.write(random),
            Math.floorDiv(clock.millis(), 1000L),
            random);
    VmessKeys response = keys.response();
    return new VmessStream(
        new VmessSealer(header, body, keys, packets),
        new VmessOpener(body, response, packets),
        new VmessAnswer(response, request.answer()),
        packets,
        server.name());
  }
}
