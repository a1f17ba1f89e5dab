package com.github.shiroedev2024.leaf.core.control;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioChannelOption;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of a Unix socket. */
final class Peer {
  private Peer() {}

  /**
   * Whether the peer may control the core: the core's own user or root.
   *
   * @param owner the user the core runs as
   */
  static boolean mayControl(Channel channel, UserPrincipal owner) {
    UnixDomainPrincipal peer = credentials(channel);
    return peer != null && (peer.user().equals(owner) || peer.user().getName().equals("root"));
  }

  private static @Nullable UnixDomainPrincipal credentials(Channel channel) {
    return channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED));
  }
}
