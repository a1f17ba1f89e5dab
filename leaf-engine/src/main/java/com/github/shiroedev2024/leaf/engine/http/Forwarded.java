package com.github.shiroedev2024.leaf.engine.http;

import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import io.netty.channel.Channel;
import io.netty.util.NetUtil;

/** Whom a proxy in front of a server says that it speaks for, as X-Forwarded-For lists it. */
public final class Forwarded {
  private Forwarded() {}

  /**
   * Notes on a client's stream what such a list says: the last of the addresses that it begins
   * with. Each proxy appends the address it was reached from, so this is the one that our own proxy
   * saw; those before it are the client's claims. A list that begins with something else says
   * nothing.
   */
  public static void note(Channel client, String list) {
    String last = null;
    for (String each : list.split(",", -1)) {
      String address = each.strip();
      if (!NetUtil.isValidIpV4Address(address) && !NetUtil.isValidIpV6Address(address)) {
        break;
      }
      last = address;
    }
    if (last != null) {
      ClientOrigin.forwarded(client, last);
    }
  }
}
