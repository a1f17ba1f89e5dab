package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadChunkReader;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import io.netty.buffer.ByteBuf;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * The AEAD edition (SIP004). One password for all; a salt is served once while it is remembered.
 */
final class AeadServer implements ServerEdition {
  /** About 12 MiB when full. */
  private static final int REMEMBERED_SALTS = 1 << 16;

  private final ShadowsocksKey key;
  private final Salts salts;
  private final SaltPool seen = SaltPool.ofLast(REMEMBERED_SALTS);

  AeadServer(ShadowsocksKey key, Salts salts) {
    this.key = key;
    this.salts = salts;
  }

  @Override
  public ServerRequest request() {
    return new Request();
  }

  @Override
  public ServerPackets packets() {
    return new AeadServerPackets(new AeadDatagramCodec(key, salts));
  }

  private final class Request implements ServerRequest, StreamOpener.Head {
    private final StreamOpener.Head head = AeadStreams.peerSalt(key);
    private byte[] salt = {};

    @Override
    public StreamOpener opener() {
      return new StreamOpener(this);
    }

    @Override
    public int bytes() {
      return key.saltBytes();
    }

    @Override
    public AeadChunkReader open(byte[] bytes) throws AEADBadTagException, BadHeaderException {
      salt = bytes;
      return head.open(bytes);
    }

    @Override
    public @Nullable Destination read(ByteBuf payload, long nanos) throws BadHeaderException {
      Destination destination;
      try {
        destination = SocksAddress.read(payload);
      } catch (SocksAddress.MalformedException e) {
        throw new BadHeaderException(String.valueOf(e.getMessage()));
      }
      if (destination != null && !seen.add(salt, nanos)) {
        throw new BadHeaderException("its salt was there before");
      }
      return destination;
    }

    @Override
    public StreamSealer sealer() {
      return AeadStreams.sealer(key, salts.forStream(key.saltBytes()));
    }

    @Override
    public @Nullable String userId() {
      return null;
    }
  }
}
