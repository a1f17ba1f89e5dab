package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.User;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The inbound type {@code shadowsocks}. */
public final class ShadowsocksInboundType implements InboundType {
  @Override
  public String name() {
    return "shadowsocks";
  }

  @Override
  public List<Key> keys() {
    return ShadowsocksInboundOptions.KEYS;
  }

  @Override
  public PartOptions read(Settings settings) {
    return ShadowsocksInboundOptions.read(settings);
  }

  @Override
  public List<String> userIds(PartOptions options) {
    return User.shownIds(((ShadowsocksInboundOptions) options).users());
  }

  @Override
  public Set<Network> networks(PartOptions options) {
    return EnumSet.allOf(Network.class);
  }

  @Override
  public Inbound build(InboundSpec spec, InboundContext context) {
    return new ShadowsocksInbound(spec.tag(), (ShadowsocksInboundOptions) spec.options(), context);
  }
}
