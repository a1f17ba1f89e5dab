package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** The AEAD edition (SIP004): the address is simply what the payload begins with. */
final class AeadClient implements ClientEdition {
  private final ShadowsocksKey key;
  private final Salts salts;

  AeadClient(ShadowsocksKey key, Salts salts) {
    this.key = key;
    this.salts = salts;
  }

  @Override
  public ShadowsocksStream stream(Destination destination, String peer) {
    ByteBuf address = Unpooled.buffer(SocksAddress.length(destination));
    SocksAddress.write(destination, address);
    return new ShadowsocksStream(
        AeadStreams.sealer(key, salts.forStream(key.saltBytes())),
        AeadStreams.opener(key),
        address,
        peer);
  }

  @Override
  public DatagramCodec datagrams() {
    return new AeadDatagramCodec(key, salts);
  }
}
