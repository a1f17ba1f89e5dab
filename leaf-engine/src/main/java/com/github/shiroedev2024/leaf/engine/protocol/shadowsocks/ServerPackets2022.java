package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/** The 2022 edition: a session is what the client says it is, wherever its packets come from. */
final class ServerPackets2022 implements ServerPackets {
  /** SIP022 section 3.2.4. */
  private static final Duration MEMORY = Duration.ofSeconds(60);

  private static final class Peer2022 implements Peer {
    private final ServerKeys2022.Entry owner;
    private final @Nullable AeadCipher cipher;
    private final ReplayWindow window = new ReplayWindow();
    private final PacketBody2022 answers;

    Peer2022(ServerKeys2022.Entry owner, @Nullable AeadCipher cipher, PacketBody2022 answers) {
      this.owner = owner;
      this.cipher = cipher;
      this.answers = answers;
    }

    @Override
    public @Nullable String userId() {
      return owner.userId();
    }

    @Override
    public ByteBuf seal(ByteBufAllocator alloc, Destination source, ByteBuf content)
        throws BadHeaderException {
      return answers.seal(alloc, source, content);
    }
  }

  private final ServerKeys2022 keys;
  private final Clock2022 clock;
  private final SecureRandom random;
  private final PacketOpener2022 opener;

  ServerPackets2022(ServerKeys2022 keys, Clock2022 clock, SecureRandom random) {
    this.keys = keys;
    this.clock = clock;
    this.random = random;
    this.opener = new PacketOpener2022(keys);
  }

  @Override
  public Duration memory() {
    return MEMORY;
  }

  @Override
  public Opened open(ByteBufAllocator alloc, InetSocketAddress from, ByteBuf packet, Known known)
      throws AEADBadTagException, BadHeaderException {
    ByteBuf body =
        opener.open(packet, id -> known.peer(id) instanceof Peer2022 peer ? peer.cipher : null);
    PacketBody2022.readHead(body, Request2022.CLIENT, clock, null);
    Datagram datagram = DatagramCodec.read(alloc, body);
    Long session = opener.session();
    Peer2022 peer = known.peer(session) instanceof Peer2022 before ? before : stranger();
    if (!peer.window.accept(opener.packet())) {
      datagram.release();
      throw new BadHeaderException(
          "packet " + Long.toUnsignedString(opener.packet()) + " came before");
    }
    return new Opened(session, peer, datagram);
  }

  private Peer2022 stranger() {
    ServerKeys2022.Entry owner = opener.owner();
    PacketSealer2022 sealer =
        new PacketSealer2022(Keys2022.of(keys.cipher(), owner.key()), random.nextLong(), random);
    return new Peer2022(
        owner,
        opener.cipher(),
        new PacketBody2022(sealer, Request2022.SERVER, opener.session(), clock, random));
  }
}
