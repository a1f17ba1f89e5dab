package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.channel.Channel;

/** How an inbound tells its client, in its own protocol, what became of the request. */
public interface ClientReply {
  /**
   * The remote is connected, or will be when the client's first bytes have told where to. Writes
   * the protocol's success reply and removes the protocol's handlers, so that the pipeline passes
   * raw bytes; bytes that were read behind the request must be passed on (a {@code
   * ByteToMessageDecoder} does so when it is removed). On the client's loop.
   *
   * @param remote the client itself where there is no remote, or none yet
   */
  void granted(Channel client, Channel remote);

  /**
   * Whether the client may be granted before the remote is connected, so that its first bytes can
   * be looked at. A failure is then told by a reset, not by {@link #refused}.
   */
  default boolean mayComeFirst() {
    return true;
  }

  /** The request failed. Writes the protocol's failure reply, if it has one, and closes. */
  void refused(Channel client, SessionException cause);
}
