package com.github.shiroedev2024.leaf.engine.protocol.direct;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;

/** Opens the destination itself through the dialer below, and adds nothing to it. */
public final class DirectOutbound implements Outbound {
  private final String tag;

  public DirectOutbound(String tag) {
    this.tag = tag;
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    return noted(below.dial(session, destination));
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return noted(below.associate(session, first));
  }

  @Override
  public boolean carries(Network network) {
    return true;
  }

  private Future<Channel> noted(Future<Channel> opened) {
    if (opened.isSuccess()) {
      Path.passed(opened.getNow(), this);
      return opened;
    }
    return opened.addListener(
        (Future<Channel> done) -> {
          if (done.isSuccess()) {
            Path.passed(done.getNow(), this);
          }
        });
  }
}
