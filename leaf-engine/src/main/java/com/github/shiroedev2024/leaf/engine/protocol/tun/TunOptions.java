package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.dns.FakeDnsFilter;
import com.github.shiroedev2024.leaf.engine.os.TunLink;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@code tun} inbound.
 *
 * @param fd an open device, or -1 to make one
 * @param name null for the default
 * @param four null for the default
 * @param six null: IPv6 only if the engine has it, with the default address
 * @param mtu bytes
 * @param fakeDns which names get fake addresses; null: none
 * @param mark what to mark Leaf's own sockets with; 0: only as routes need it
 */
record TunOptions(
    int fd,
    @Nullable String name,
    @Nullable TunNet four,
    @Nullable TunNet six,
    int mtu,
    boolean autoRoute,
    int mark,
    boolean dnsHijack,
    @Nullable FakeDnsFilter fakeDns)
    implements PartOptions {

  /** Whether any question to a DNS server is looked at. */
  boolean answersDns() {
    return dnsHijack || fakeDns != null;
  }

  /** The mark of Leaf's own sockets, 0 for none. */
  int ownMark() {
    return mark != 0 ? mark : autoRoute ? TunLink.TABLE : 0;
  }
}
