package com.github.shiroedev2024.leaf.engine.registry;

import com.github.shiroedev2024.leaf.engine.group.chain.ChainInboundType;
import com.github.shiroedev2024.leaf.engine.group.chain.ChainType;
import com.github.shiroedev2024.leaf.engine.group.failover.FailoverType;
import com.github.shiroedev2024.leaf.engine.group.fixed.FixedType;
import com.github.shiroedev2024.leaf.engine.group.select.SelectType;
import com.github.shiroedev2024.leaf.engine.group.tryall.TryAllType;
import com.github.shiroedev2024.leaf.engine.protocol.direct.DirectType;
import com.github.shiroedev2024.leaf.engine.protocol.drop.DropType;
import com.github.shiroedev2024.leaf.engine.protocol.http.HttpConnectType;
import com.github.shiroedev2024.leaf.engine.protocol.http.HttpType;
import com.github.shiroedev2024.leaf.engine.protocol.mixed.MixedType;
import com.github.shiroedev2024.leaf.engine.protocol.redirect.RedirectType;
import com.github.shiroedev2024.leaf.engine.protocol.shadowsocks.ShadowsocksInboundType;
import com.github.shiroedev2024.leaf.engine.protocol.shadowsocks.ShadowsocksType;
import com.github.shiroedev2024.leaf.engine.protocol.socks.SocksInboundType;
import com.github.shiroedev2024.leaf.engine.protocol.socks.SocksOutboundType;
import com.github.shiroedev2024.leaf.engine.protocol.trojan.TrojanInboundType;
import com.github.shiroedev2024.leaf.engine.protocol.trojan.TrojanType;
import com.github.shiroedev2024.leaf.engine.protocol.tun.TunType;
import com.github.shiroedev2024.leaf.engine.protocol.vless.VlessInboundType;
import com.github.shiroedev2024.leaf.engine.protocol.vless.VlessType;
import com.github.shiroedev2024.leaf.engine.protocol.vmess.VmessInboundType;
import com.github.shiroedev2024.leaf.engine.protocol.vmess.VmessType;
import com.github.shiroedev2024.leaf.engine.sniff.HttpSniffer;
import com.github.shiroedev2024.leaf.engine.sniff.TlsSniffer;
import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.Sniffer;
import com.github.shiroedev2024.leaf.engine.transport.amux.AmuxLayerType;
import com.github.shiroedev2024.leaf.engine.transport.amux.AmuxType;
import com.github.shiroedev2024.leaf.engine.transport.grpc.GrpcServerType;
import com.github.shiroedev2024.leaf.engine.transport.grpc.GrpcType;
import com.github.shiroedev2024.leaf.engine.transport.h2.H2ServerType;
import com.github.shiroedev2024.leaf.engine.transport.h2.H2Type;
import com.github.shiroedev2024.leaf.engine.transport.httpupgrade.HttpUpgradeServerType;
import com.github.shiroedev2024.leaf.engine.transport.httpupgrade.HttpUpgradeType;
import com.github.shiroedev2024.leaf.engine.transport.obfs.ObfsType;
import com.github.shiroedev2024.leaf.engine.transport.quic.QuicLayerType;
import com.github.shiroedev2024.leaf.engine.transport.quic.QuicType;
import com.github.shiroedev2024.leaf.engine.transport.tls.TlsLayerType;
import com.github.shiroedev2024.leaf.engine.transport.tls.TlsType;
import com.github.shiroedev2024.leaf.engine.transport.ws.WsServerType;
import com.github.shiroedev2024.leaf.engine.transport.ws.WsType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All types there are. A new protocol, transport, group or sniffer is one line here; words that are
 * known but not built yet are looked up behind these.
 */
public final class Registry {
  private static final List<InboundType> INBOUNDS =
      List.of(
          new SocksInboundType(),
          new HttpType(),
          new MixedType(),
          new TrojanInboundType(),
          new VlessInboundType(),
          new VmessInboundType(),
          new ShadowsocksInboundType(),
          new TunType(),
          new TlsLayerType(),
          new WsServerType(),
          new HttpUpgradeServerType(),
          new H2ServerType(),
          new GrpcServerType(),
          new ChainInboundType(),
          new AmuxLayerType(),
          new QuicLayerType());

  private static final List<OutboundType> OUTBOUNDS =
      List.of(
          new DirectType(),
          new DropType(),
          new RedirectType(),
          new SocksOutboundType(),
          new HttpConnectType(),
          new ShadowsocksType(),
          new TrojanType(),
          new VlessType(),
          new VmessType(),
          new ObfsType(),
          new TlsType(),
          new WsType(),
          new HttpUpgradeType(),
          new H2Type(),
          new GrpcType(),
          new SelectType(),
          FailoverType.failover(),
          FailoverType.urlTest(),
          new FixedType(),
          new TryAllType(),
          new ChainType(),
          new AmuxType(),
          new QuicType());

  private static final List<Sniffer> SNIFFERS = List.of(new TlsSniffer(), new HttpSniffer());

  private Registry() {}

  /** The types that can be built. */
  public static List<InboundType> inbounds() {
    return INBOUNDS;
  }

  /** The types that can be built. */
  public static List<OutboundType> outbounds() {
    return OUTBOUNDS;
  }

  /** What learns names from the first bytes of clients, in the order in which names count. */
  public static List<Sniffer> sniffers() {
    return SNIFFERS;
  }

  /** The types that are known but refused when the configuration is read. */
  public static List<InboundType> inboundsNotYet() {
    return NotYet.INBOUNDS;
  }

  /** The types that are known but refused when the configuration is read. */
  public static List<OutboundType> outboundsNotYet() {
    return NotYet.OUTBOUNDS;
  }

  /** The inbound type of this name or alias, or null. Names are case-sensitive. */
  public static @Nullable InboundType inbound(String word) {
    InboundType built = inbound(INBOUNDS, word);
    return built != null ? built : inbound(NotYet.INBOUNDS, word);
  }

  /** The outbound type of this name or alias, or null. Names are case-sensitive. */
  public static @Nullable OutboundType outbound(String word) {
    OutboundType built = outbound(OUTBOUNDS, word);
    return built != null ? built : outbound(NotYet.OUTBOUNDS, word);
  }

  private static @Nullable InboundType inbound(List<InboundType> types, String word) {
    for (InboundType type : types) {
      if (type.name().equals(word) || type.aliases().contains(word)) {
        return type;
      }
    }
    return null;
  }

  private static @Nullable OutboundType outbound(List<OutboundType> types, String word) {
    for (OutboundType type : types) {
      if (type.name().equals(word) || type.aliases().contains(word)) {
        return type;
      }
    }
    return null;
  }
}
