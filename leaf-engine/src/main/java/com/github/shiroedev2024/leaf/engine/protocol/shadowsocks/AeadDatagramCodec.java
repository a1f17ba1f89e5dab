package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import com.github.shiroedev2024.leaf.engine.crypto.CipherScratch;
import com.github.shiroedev2024.leaf.engine.crypto.HkdfSha1;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import javax.crypto.AEADBadTagException;

/** Datagrams of the AEAD edition (SIP004), alike for client and server: each stands alone. */
final class AeadDatagramCodec implements DatagramCodec {
  private final ShadowsocksKey key;
  private final Salts salts;
  private final HkdfSha1 hkdf = new HkdfSha1();
  private final AeadCipher sealer;
  private final AeadCipher opener;
  private final byte[] receivedSalt;

  AeadDatagramCodec(ShadowsocksKey key, Salts salts) {
    this.key = key;
    this.salts = salts;
    this.receivedSalt = new byte[key.saltBytes()];
    // Both get a new key with each datagram; this one is never used.
    this.sealer = AeadCipher.sealing(key.method(), receivedSalt);
    this.opener = AeadCipher.opening(key.method(), receivedSalt);
  }

  @Override
  public ByteBuf seal(ByteBufAllocator alloc, Destination peer, ByteBuf content)
      throws BadHeaderException {
    DatagramCodec.checkName(peer);
    int address = SocksAddress.length(peer);
    int plain = address + content.readableBytes();
    int size = key.saltBytes() + plain + AeadMethod.TAG_BYTES;
    DatagramCodec.checkSize(size);
    byte[] salt = salts.forDatagram(key.saltBytes());
    sealer.rekey(key.subkey(hkdf, salt));
    CipherScratch scratch = CipherScratch.ofThread();
    byte[] in = scratch.in(plain);
    SocksAddress.write(peer, Unpooled.wrappedBuffer(in).writerIndex(0));
    content.readBytes(in, address, plain - address);
    byte[] out = scratch.out(plain + AeadMethod.TAG_BYTES);
    int written = sealer.seal(in, 0, plain, out, 0);
    return alloc.directBuffer(size, size).writeBytes(salt).writeBytes(out, 0, written);
  }

  @Override
  public Datagram open(ByteBufAllocator alloc, ByteBuf received)
      throws AEADBadTagException, BadHeaderException {
    int sealed = received.readableBytes() - key.saltBytes();
    if (sealed < AeadMethod.TAG_BYTES) {
      throw new AEADBadTagException("too short");
    }
    received.readBytes(receivedSalt);
    opener.rekey(key.subkey(hkdf, receivedSalt));
    CipherScratch scratch = CipherScratch.ofThread();
    byte[] in = scratch.in(sealed);
    received.readBytes(in, 0, sealed);
    byte[] out = scratch.out(sealed);
    int plain = opener.open(in, 0, sealed, out, 0);
    return DatagramCodec.read(alloc, Unpooled.wrappedBuffer(out, 0, plain));
  }
}
