package com.github.shiroedev2024.leaf.engine.codec;

import com.github.shiroedev2024.leaf.engine.net.Destination;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The server of a node whose streams are ready as soon as it is connected, because the request goes
 * with the first bytes and names the destination as SOCKS5 does.
 */
public final class ProxyServer {
  private final Outbound outbound;
  private final @Nullable Destination address;
  private final String name;

  /**
   * @param protocol the node's, for messages
   * @param address null: what is below the node reaches the server
   */
  public ProxyServer(Outbound outbound, String protocol, @Nullable Destination address) {
    this.outbound = outbound;
    this.address = address;
    this.name =
        protocol + " server " + (address == null ? "of '" + outbound.tag() + "'" : "" + address);
  }

  /** How messages call it. */
  public String name() {
    return name;
  }

  /**
   * Connects the session's own channel.
   *
   * @param codec adds the protocol's handlers
   */
  public Future<Channel> open(
      Session session, Destination destination, Dialer below, Consumer<ChannelPipeline> codec) {
    return open(session, destination, below, codec, true);
  }

  /** Connects a further channel of the session, beside its own. */
  public Future<Channel> openBeside(
      Session session, Destination destination, Dialer below, Consumer<ChannelPipeline> codec) {
    return open(session, destination, below, codec, false);
  }

  private Future<Channel> open(
      Session session,
      Destination destination,
      Dialer below,
      Consumer<ChannelPipeline> codec,
      boolean own) {
    if (!SocksAddress.fits(destination)) {
      return Connecting.failed(
          session,
          CloseReason.NOT_SUPPORTED,
          name + ": the destination's name does not have 1 to 255 bytes");
    }
    if (address == null && below.isSystem()) {
      return Connecting.failed(
          session,
          CloseReason.NOT_SUPPORTED,
          name + ": it has no address, and nothing below it reaches a server");
    }
    return Connecting.then(
        session,
        below.dial(session, address == null ? destination : address),
        (channel, ready) -> {
          codec.accept(channel.pipeline());
          if (own) {
            Path.passed(channel, outbound);
          }
          Connecting.deliver(ready, channel);
        });
  }
}
