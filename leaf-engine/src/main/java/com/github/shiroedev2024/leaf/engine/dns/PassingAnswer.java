package com.github.shiroedev2024.leaf.engine.dns;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A DNS server's answer to somebody else's question for an address.
 *
 * @param name what was asked for, in lower case, without a last dot
 * @param addresses what it is called at, at least one; aliases are followed
 */
public record PassingAnswer(String name, List<InetAddress> addresses) {
  /**
   * Reads a message from its reader index to its end; the index does not move.
   *
   * @return null for all that is not the whole, positive answer to a question for A or AAAA records
   */
  public static @Nullable PassingAnswer read(ByteBuf message) {
    return DnsMessages.readPassing(message);
  }
}
