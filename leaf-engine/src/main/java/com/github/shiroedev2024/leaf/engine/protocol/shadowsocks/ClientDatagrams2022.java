package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.crypto.CipherScratch;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
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
  /** Type, time, length of padding. */
  private static final int HEADER_BYTES = 1 + 8 + 2;

  /** SIP022 section 3.2.4. */
  private static final long OLD_SESSION_SECONDS = 60;

  private static final int DNS_PORT = 53;

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
  private final SecureRandom random;
  private final PacketSealer2022 sealer;
  private final PacketOpener2022 opener;
  private @Nullable Remote current;
  private @Nullable Remote old;

  ClientDatagrams2022(Keys2022 keys, Clock2022 clock, SecureRandom random) {
    this.clock = clock;
    this.random = random;
    this.sealer = new PacketSealer2022(keys, random.nextLong(), random);
    this.opener = new PacketOpener2022(new ServerKeys2022(keys.cipher(), keys.user(), List.of()));
  }

  /** The id of the client's session. */
  long session() {
    return sealer.session();
  }

  @Override
  public ByteBuf seal(ByteBufAllocator alloc, Destination peer, ByteBuf content)
      throws BadHeaderException {
    DatagramCodec.checkName(peer);
    int payload = content.readableBytes();
    // Questions to a DNS server are known by their size.
    int padding =
        peer.port() == DNS_PORT && payload < Request2022.MAX_PADDING
            ? 1 + random.nextInt(Request2022.MAX_PADDING - payload)
            : 0;
    int header = PacketSealer2022.IDS_BYTES + HEADER_BYTES + padding + SocksAddress.length(peer);
    DatagramCodec.checkSize(header + payload + sealer.overhead());
    byte[] plain = CipherScratch.ofThread().in(header + payload);
    ByteBuf out = Unpooled.wrappedBuffer(plain).writerIndex(PacketSealer2022.IDS_BYTES);
    out.writeByte(Request2022.CLIENT).writeLong(clock.now()).writeShort(padding).writeZero(padding);
    SocksAddress.write(peer, out);
    content.readBytes(plain, header, payload);
    return sealer.seal(alloc, plain, header + payload);
  }

  @Override
  public Datagram open(ByteBufAllocator alloc, ByteBuf received)
      throws AEADBadTagException, BadHeaderException {
    ByteBuf body = opener.open(received, this::cipher);
    if (body.readableBytes() < HEADER_BYTES + Long.BYTES) {
      throw new BadHeaderException("it ends within the header");
    }
    int type = body.readByte();
    if (type != Request2022.SERVER) {
      throw new BadHeaderException("an answer of type " + type);
    }
    clock.check(body.readLong());
    if (body.readLong() != sealer.session()) {
      throw new BadHeaderException("it belongs to another session");
    }
    PacketHeaders2022.skipPadding(body);
    Datagram datagram = DatagramCodec.read(alloc, body);
    try {
      admit(opener.session(), opener.packet());
    } catch (BadHeaderException e) {
      datagram.release();
      throw e;
    }
    return datagram;
  }

  private @Nullable AeadCipher cipher(long session) {
    Remote remote = remote(session);
    return remote == null ? null : remote.cipher;
  }

  private @Nullable Remote remote(long session) {
    Remote now = current;
    Remote before = old;
    return now != null && now.session == session
        ? now
        : before != null && before.session == session ? before : null;
  }

  private void admit(long session, long packet) throws BadHeaderException {
    long now = clock.now();
    Remote remote = remote(session);
    if (remote == null) {
      Remote before = old;
      if (before != null && now - before.heard < OLD_SESSION_SECONDS) {
        throw new BadHeaderException("the server began a third session within a minute");
      }
      remote = new Remote(session, opener.cipher());
      old = current;
      current = remote;
    }
    if (!remote.window.accept(packet)) {
      throw new BadHeaderException("packet " + Long.toUnsignedString(packet) + " came before");
    }
    remote.heard = now;
  }
}
