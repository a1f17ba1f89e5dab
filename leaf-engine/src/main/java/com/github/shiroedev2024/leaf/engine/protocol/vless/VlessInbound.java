package com.github.shiroedev2024.leaf.engine.protocol.vless;

import com.github.shiroedev2024.leaf.engine.codec.SecretTable;
import com.github.shiroedev2024.leaf.engine.codec.ServerHandshake;
import com.github.shiroedev2024.leaf.engine.codec.StreamAssociation;
import com.github.shiroedev2024.leaf.engine.codec.UuidUser;
import com.github.shiroedev2024.leaf.engine.codec.Uuids;
import com.github.shiroedev2024.leaf.engine.codec.XudpDecoder;
import com.github.shiroedev2024.leaf.engine.codec.XudpEncoder;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;

/** Serves VLESS clients. */
final class VlessInbound implements Inbound {
  private final ServerHandshake.Server server;
  private final SecretTable<UuidUser> users = new SecretTable<>(Uuids.BYTES);
  private final Duration idle;

  VlessInbound(String tag, VlessInboundOptions options, InboundContext context) {
    this.server = ServerHandshake.Server.of(tag, context, "leaf.vless");
    this.idle = context.options().get(EngineOptions.UDP_SESSION_TIMEOUT);
    for (UuidUser user : options.users()) {
      users.put(Uuids.bytes(user.uuid()), user);
    }
  }

  @Override
  public String tag() {
    return server.tag();
  }

  @Override
  public void accept(Channel client) {
    client.pipeline().addLast(new Handshake());
  }

  /** One client until its request is known. */
  private final class Handshake extends ServerHandshake {
    Handshake() {
      super(server, null);
    }

    @Override
    protected void request(ChannelHandlerContext ctx, ByteBuf in) {
      VlessRequest request;
      try {
        request = VlessRequest.read(in, users);
      } catch (VlessRequest.RefusedException e) {
        if (e.known()) {
          reject(ctx, String.valueOf(e.getMessage()));
        } else {
          refuse(ctx, String.valueOf(e.getMessage()));
        }
        return;
      }
      if (request == null) {
        return;
      }
      String userId = request.user().shownId();
      Destination target = request.destination();
      String peer = "vless client " + ClientOrigin.source(ctx.channel());
      if (request.mux()) {
        XudpDecoder decoder = new XudpDecoder(peer);
        hand(ctx, decoder, new XudpEncoder(decoder), new StreamAssociation(server, userId, idle));
      } else if (request.network() == Network.TCP) {
        connect(ctx, target, userId);
      } else {
        hand(
            ctx,
            new VlessPacketDecoder(target, peer),
            new VlessPacketEncoder(target, new byte[0]),
            new StreamAssociation(server, userId, idle));
      }
    }

    /** The version and no addons. */
    @Override
    protected byte[] answer() {
      return new byte[2];
    }
  }
}
