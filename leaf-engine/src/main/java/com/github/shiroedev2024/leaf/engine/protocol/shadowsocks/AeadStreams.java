package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadChunkReader;
import com.github.shiroedev2024.leaf.engine.crypto.AeadChunkWriter;
import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.crypto.HkdfSha1;
import io.netty.buffer.ByteBuf;

/** The two directions of a stream of the AEAD edition (SIP004), alike for client and server. */
final class AeadStreams {
  /** The most payload of a chunk, in bytes. */
  static final int MAX_CHUNK = 0x3FFF;

  private AeadStreams() {}

  /** What we send, under this salt. */
  static StreamSealer sealer(ShadowsocksKey key, byte[] salt) {
    return new StreamSealer(
        AeadCipher.sealing(key.method(), key.subkey(new HkdfSha1(), salt)),
        MAX_CHUNK,
        new Salt(salt));
  }

  /** What the peer sends. */
  static StreamOpener opener(ShadowsocksKey key) {
    return new StreamOpener(peerSalt(key));
  }

  /** What the peer's stream begins with. */
  static StreamOpener.Head peerSalt(ShadowsocksKey key) {
    return new PeerSalt(key);
  }

  private static final class Salt implements StreamSealer.Head {
    private final byte[] salt;

    Salt(byte[] salt) {
      this.salt = salt;
    }

    @Override
    public int room() {
      return salt.length;
    }

    @Override
    public boolean alone() {
      return false;
    }

    @Override
    public int write(AeadCipher cipher, AeadChunkWriter.Source source, int waiting, ByteBuf out) {
      out.writeBytes(salt);
      return 0;
    }
  }

  private record PeerSalt(ShadowsocksKey key) implements StreamOpener.Head {
    @Override
    public int bytes() {
      return key.saltBytes();
    }

    @Override
    public AeadChunkReader open(byte[] salt) {
      return new AeadChunkReader(
          AeadCipher.opening(key.method(), key.subkey(new HkdfSha1(), salt)), MAX_CHUNK);
    }
  }
}
