package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.FakeAddresses;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names that one UDP socket of a client talks to by fake addresses. What it sends goes to the
 * name; what comes back is shown as coming from the fake address, as the client would not know any
 * other.
 *
 * <p>Outbounds differ in what they tell of an answer's source. A name is plain. With an address
 * that the client never wrote to itself it is taken for the name's of the same port; of several
 * names, for the one that has waited longest for its first answer, and if all had theirs, for a
 * stranger's, whose address is shown as it is. On the session's loop.
 */
final class FakePeers implements AutoCloseable {
  /** Names, and addresses of either kind, remembered; those not used for longest go first. */
  private static final int MAX = 256;

  private static final class Named {
    final FakeAddresses.Use use;
    final Destination fake;
    final Destination name;
    boolean answered;

    Named(FakeAddresses.Use use, Destination fake) {
      this.use = use;
      this.fake = fake;
      this.name = new Destination(use.name(), null, fake.port());
    }
  }

  private final FakeAddresses addresses;
  private final Map<Destination, Named> byFake = new LinkedHashMap<>(4, 0.75f, true);
  private final Map<Destination, Named> byName = new HashMap<>(4);

  /** Whose answers from a real address are; addresses the client wrote to are their own. */
  private final Map<Destination, Destination> shown = new LinkedHashMap<>(4, 0.75f, true);

  // The peer of the last datagram is most often that of the next.
  private @Nullable Destination lastTarget;
  private @Nullable Destination lastSent;
  private @Nullable Destination lastSource;
  private @Nullable Destination lastShown;

  FakePeers(FakeAddresses addresses) {
    this.addresses = addresses;
  }

  /** The 32 bits of an IPv4 address; -1, which no host has, for another one. */
  static long bits(@Nullable InetAddress address) {
    return address instanceof Inet4Address ? Flow.low(address) : -1;
  }

  /** Where to send what the client sends here; the same place if that stands for no name. */
  Destination target(Destination peer) {
    Destination last = lastSent;
    if (last != null && peer.equals(lastTarget)) {
      return last;
    }
    Destination to = find(peer);
    lastTarget = peer;
    lastSent = to;
    return to;
  }

  private Destination find(Destination peer) {
    long bits = bits(peer.address());
    if (!addresses.inRange(bits)) {
      return literal(peer);
    }
    Named known = byFake.get(peer);
    if (known != null) {
      return known.name;
    }
    FakeAddresses.Use use = addresses.use(bits);
    if (use == null) {
      return literal(peer);
    }
    Named named = new Named(use, peer);
    byFake.put(peer, named);
    byName.put(named.name, named);
    if (byFake.size() > MAX) {
      Iterator<Named> all = byFake.values().iterator();
      Named oldest = all.next();
      all.remove();
      byName.remove(oldest.name);
      oldest.use.close();
      shown.values().removeIf(oldest.fake::equals);
      lastSource = null;
    }
    return named.name;
  }

  private Destination literal(Destination peer) {
    remember(peer, peer);
    return peer;
  }

  private void remember(Destination source, Destination as) {
    shown.put(source, as);
    if (shown.size() > MAX) {
      Iterator<Destination> all = shown.keySet().iterator();
      all.next();
      all.remove();
    }
    lastSource = null;
  }

  /** Whom an answer is shown to come from; null when no client would know. */
  @Nullable Destination source(Destination peer) {
    if (peer.equals(lastSource)) {
      return lastShown;
    }
    Destination from = peer.isDomain() ? named(peer) : shown.get(peer);
    if (from == null && !peer.isDomain()) {
      from = guessed(peer);
    }
    lastSource = peer;
    lastShown = from;
    return from;
  }

  private @Nullable Destination named(Destination peer) {
    Named exact = byName.get(peer);
    if (exact != null) {
      exact.answered = true;
      return exact.fake;
    }
    for (Named n : byFake.values()) { // another port, or the name spelt another way
      if (n.name.host().equalsIgnoreCase(peer.host())) {
        return n.fake.withPort(peer.port());
      }
    }
    return null;
  }

  private Destination guessed(Destination peer) {
    int count = 0;
    Named guess = null;
    for (Named n : byFake.values()) { // the one not written to for longest comes first
      if (n.fake.port() == peer.port()) {
        if (guess == null || (guess.answered && !n.answered)) {
          guess = n;
        }
        count++;
      }
    }
    if (guess == null || (guess.answered && count > 1)) {
      return peer;
    }
    guess.answered = true;
    remember(peer, guess.fake);
    return guess.fake;
  }

  /** Gives the addresses back. Idempotent. */
  @Override
  public void close() {
    byFake.values().forEach(n -> n.use.close());
    byFake.clear();
    byName.clear();
    shown.clear();
    lastSent = null;
    lastTarget = null;
    lastSource = null;
  }
}
