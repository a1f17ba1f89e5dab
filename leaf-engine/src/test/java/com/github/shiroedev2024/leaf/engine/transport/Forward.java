package com.github.shiroedev2024.leaf.engine.transport;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import com.github.shiroedev2024.leaf.engine.spi.ClientReply;
import com.github.shiroedev2024.leaf.engine.spi.Dispatcher;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import io.netty.channel.Channel;

/** An inbound without a protocol: every stream goes to one destination. */
public record Forward(Dispatcher dispatcher, Destination destination) implements Inbound {
  @Override
  public String tag() {
    return "forward";
  }

  @Override
  public void accept(Channel client) {
    client.config().setAutoRead(false);
    dispatcher.serve(
        ClientOrigin.open(dispatcher, Network.TCP, tag(), client, destination, null),
        client,
        new ClientReply() {
          @Override
          public void granted(Channel granted, Channel remote) {}

          @Override
          public void refused(Channel refused, SessionException cause) {
            refused.close();
          }
        });
  }
}
