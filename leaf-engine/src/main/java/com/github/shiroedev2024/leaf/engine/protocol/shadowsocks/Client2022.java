package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.net.Destination;

/** The 2022 edition (SIP022). */
final class Client2022 implements ClientEdition {
  private final Keys2022 keys;
  private final Clock2022 clock;
  private final Salts salts;

  Client2022(Keys2022 keys, Clock2022 clock, Salts salts) {
    this.keys = keys;
    this.clock = clock;
    this.salts = salts;
  }

  @Override
  public ShadowsocksStream stream(Destination destination, String peer) {
    Request2022 request =
        new Request2022(
            keys, clock, salts.random(), destination, salts.forStream(keys.saltBytes()));
    return new ShadowsocksStream(request.sealer(), request.opener(), null, peer);
  }

  @Override
  public DatagramCodec datagrams() {
    return new ClientDatagrams2022(keys, clock, salts.random());
  }
}
