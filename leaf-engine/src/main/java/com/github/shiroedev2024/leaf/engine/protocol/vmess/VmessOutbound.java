package com.github.shiroedev2024.leaf.engine.protocol.vmess;

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
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Consumer;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * A VMess server as a node. A stream is ready once the server is connected: its response comes with
 * the first bytes of the destination, and a server that does not know the user never answers.
 */
final class VmessOutbound implements Outbound {
  private final String tag;
  private final @Nullable Destination server;
  private final byte[] commandKey;
  private final VmessSecurity security;
  private final String peer;
  private final Dialer system;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Logger log;

  /**
   * @param system the dialer that reaches no server by itself
   */
  VmessOutbound(
      String tag, VmessOptions options, Dialer system, InstantSource clock, ILoggerFactory logs) {
    this.tag = tag;
    this.server = options.server();
    this.commandKey = VmessId.commandKey(options.uuid());
    this.security = options.security();
    this.peer = server == null ? "vmess server of '" + tag + "'" : "vmess server " + server;
    this.system = system;
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
    return open(
        session,
        destination,
        below,
        pipeline -> pipeline.addLast(stream(Network.TCP, destination)),
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
        peer);
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
