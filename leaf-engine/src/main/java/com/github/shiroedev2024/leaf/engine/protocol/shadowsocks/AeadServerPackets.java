package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.time.Duration;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/** The AEAD edition: a session is whatever comes from one address. */
final class AeadServerPackets implements ServerPackets, ServerPackets.Peer {
  private final DatagramCodec codec;

  AeadServerPackets(DatagramCodec codec) {
    this.codec = codec;
  }

  @Override
  public Opened open(ByteBufAllocator alloc, InetSocketAddress from, ByteBuf packet, Known known)
      throws AEADBadTagException, BadHeaderException {
    return new Opened(from, this, codec.open(alloc, packet));
  }

  @Override
  public Duration memory() {
    return Duration.ZERO;
  }

  @Override
  public @Nullable String userId() {
    return null;
  }

  @Override
  public ByteBuf seal(ByteBufAllocator alloc, Destination source, ByteBuf content)
      throws BadHeaderException {
    return codec.seal(alloc, source, content);
  }
}
