package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.security.SecureRandom;
import java.util.List;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * A client's session of the 2022 edition over UDP. The server has a session id of its own, which
 * changes when it starts anew: the one before is then believed for a minute on, and while it is
 * heard of no third.
 */
final class ClientDatagrams2022 implements DatagramCodec {
  /** SIP022 section 3.2.4. */
  private static final long OLD_SESSION_SECONDS = 60;

  /** A session of the server. */
  private static final class Remote {
    private final long session;
    private final @Nullable AeadCipher cipher;
    private final ReplayWindow window = new ReplayWindow();
    private long heard;

    Remote(long session, @Nullable AeadCipher cipher) {
      this.session = session;
      this.cipher = cipher;
    }
  }

  private final Clock2022 clock;
  private final long session;
  private final PacketBody2022 packets;
  private final PacketOpener2022 opener;
  private @Nullable Remote current;
  private @Nullable Remote old;

  ClientDatagrams2022(Keys2022 keys, Clock2022 clock, SecureRandom random) {
    this.clock = clock;
    this.session = random.nextLong();
    this.packets =
        new PacketBody2022(
            new PacketSealer2022(keys, session, random), Request2022.CLIENT, null, clock, random);
    this.opener = new PacketOpener2022(new ServerKeys2022(keys.cipher(), keys.user(), List.of()));
  }

  @Override
  public ByteBuf seal(ByteBufAllocator alloc, Destination peer, ByteBuf content)
      throws BadHeaderException {
    return packets.seal(alloc, peer, content);
  }

  @Override
  public Datagram open(ByteBufAllocator alloc, ByteBuf received)
      throws AEADBadTagException, BadHeaderException {
    ByteBuf body = opener.open(received, this::cipher);
    PacketBody2022.readHead(body, Request2022.SERVER, clock, session);
    Datagram datagram = DatagramCodec.read(alloc, body);
    try {
      admit(opener.session(), opener.packet());
    } catch (BadHeaderException e) {
      datagram.release();
      throw e;
    }
    return datagram;
  }

  private @Nullable AeadCipher cipher(long server) {
    Remote remote = remote(server);
    return remote == null ? null : remote.cipher;
  }

  private @Nullable Remote remote(long server) {
    Remote now = current;
    Remote before = old;
    return now != null && now.session == server
        ? now
        : before != null && before.session == server ? before : null;
  }

  private void admit(long server, long packet) throws BadHeaderException {
    long now = clock.now();
    Remote remote = remote(server);
    if (remote == null) {
      Remote before = old;
      if (before != null && now - before.heard < OLD_SESSION_SECONDS) {
        throw new BadHeaderException("the server began a third session within a minute");
      }
      remote = new Remote(server, opener.cipher());
      old = current;
      current = remote;
    }
    if (!remote.window.accept(packet)) {
      throw new BadHeaderException("packet " + Long.toUnsignedString(packet) + " came before");
    }
    remote.heard = now;
  }
}
