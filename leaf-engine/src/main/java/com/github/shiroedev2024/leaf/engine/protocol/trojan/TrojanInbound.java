package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import com.github.shiroedev2024.leaf.engine.codec.ServerHandshake;
import com.github.shiroedev2024.leaf.engine.codec.StreamAssociation;
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
import org.jspecify.annotations.Nullable;

/** Serves Trojan clients, and hands everybody else to the fallback server. */
final class TrojanInbound implements Inbound {
  private final ServerHandshake.Server server;
  private final TrojanUsers users;
  private final @Nullable Destination fallback;
  private final Duration idle;

  TrojanInbound(String tag, TrojanInboundOptions options, InboundContext context) {
    this.server = ServerHandshake.Server.of(tag, context, "leaf.trojan");
    this.users = new TrojanUsers(options.users());
    this.fallback = options.fallback();
    this.idle = context.options().get(EngineOptions.UDP_SESSION_TIMEOUT);
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
      super(server, fallback);
    }

    @Override
    protected void request(ChannelHandlerContext ctx, ByteBuf in) {
      TrojanRequest request;
      try {
        request = TrojanRequest.read(in, users);
      } catch (TrojanRequest.RefusedException e) {
        refuse(ctx, String.valueOf(e.getMessage()));
        return;
      }
      if (request == null) {
        return;
      }
      String userId = request.user().shownId();
      if (request.network() == Network.TCP) {
        connect(ctx, request.destination(), userId);
      } else {
        hand(
            ctx,
            new TrojanPacketDecoder("trojan client " + ClientOrigin.source(ctx.channel())),
            new TrojanPacketEncoder(new byte[0], server.log()),
            new StreamAssociation(server, userId, idle));
      }
    }
  }
}
