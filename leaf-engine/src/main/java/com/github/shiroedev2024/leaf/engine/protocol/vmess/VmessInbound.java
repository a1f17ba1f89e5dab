package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import com.github.shiroedev2024.leaf.engine.codec.ServerHandshake;
import com.github.shiroedev2024.leaf.engine.codec.StreamAssociation;
import com.github.shiroedev2024.leaf.engine.codec.XudpDecoder;
import com.github.shiroedev2024.leaf.engine.codec.XudpEncoder;
import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.time.InstantSource;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/** Serves VMess clients; to everybody else it is a server that never answers. */
final class VmessInbound implements Inbound {
  private final ServerHandshake.Server server;
  private final VmessUsers users;
  private final AuthIds authIds = new AuthIds();
  private final InstantSource clock;
  private final Duration idle;

  VmessInbound(String tag, VmessInboundOptions options, InboundContext context) {
    this.server = ServerHandshake.Server.of(tag, context, "leaf.vmess");
    this.users = new VmessUsers(options.users());
    for (VmessSecurity asked : VmessSecurity.values()) {
      asked.load(); // clients choose
    }
    this.clock = context.clock();
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
    private VmessUsers.@Nullable Found user;
    private int length = -1;

    Handshake() {
      super(server, null);
    }

    @Override
    protected void request(ChannelHandlerContext ctx, ByteBuf in) {
      if (in.readableBytes() < VmessHeader.PRELUDE_BYTES) {
        return; // a prober learns nothing from how early a wrong auth id is noticed
      }
      try {
        VmessUsers.Found found = user == null ? identified(in) : user;
        user = found;
        if (in.readableBytes() < VmessHeader.PRELUDE_BYTES + length + VmessGcm.TAG_BYTES) {
          return;
        }
        VmessRequest request =
            VmessRequest.read(VmessHeader.openRequest(found.commandKey(), in, length));
        in.skipBytes(VmessHeader.PRELUDE_BYTES + length + VmessGcm.TAG_BYTES);
        serve(ctx, request, found.shownId(), in);
      } catch (AEADBadTagException e) {
        refuse(ctx, "the request does not authenticate");
      } catch (VmessRequest.MalformedException e) {
        refuse(ctx, String.valueOf(e.getMessage()));
      }
    }

    /** The user, once for each client; the length of the header comes to be known with it. */
    private VmessUsers.Found identified(ByteBuf in)
        throws VmessRequest.MalformedException, AEADBadTagException {
      VmessUsers.Found found = users.find(in);
      if (found == null) {
        throw new VmessRequest.MalformedException("unknown user");
      }
      long now = Math.floorDiv(clock.millis(), 1000L);
      // Not by a difference, which may overflow.
      if (found.unixSeconds() < now - VmessUsers.MAX_DIFFERENCE_SECONDS
          || found.unixSeconds() > now + VmessUsers.MAX_DIFFERENCE_SECONDS) {
        throw new VmessRequest.MalformedException(
            "the clock of " + name(found) + " shows " + found.unixSeconds() + ", ours " + now);
      }
      int announced = VmessHeader.openLength(found.commandKey(), in);
      if (announced > VmessHeader.MAX_HEADER) {
        throw new VmessRequest.MalformedException("a header of " + announced + " bytes");
      }
      if (!authIds.fresh(in, now)) {
        throw new VmessRequest.MalformedException("a request of " + name(found) + " repeated");
      }
      length = announced;
      return found;
    }

    private String name(VmessUsers.Found found) {
      String id = found.shownId();
      return id == null ? "a user" : "user '" + id + "'";
    }

    private void serve(
        ChannelHandlerContext ctx, VmessRequest request, @Nullable String userId, ByteBuf in)
        throws VmessRequest.MalformedException {
      int command = request.command();
      if (command != VmessRequest.TCP
          && command != VmessRequest.MUX
          && !(command == VmessRequest.UDP && request.body().chunks())) {
        throw new VmessRequest.MalformedException("command " + command + " is not supported");
      }
      boolean packets = command == VmessRequest.UDP;
      VmessKeys response = request.keys().response();
      String peer = "vmess client " + ClientOrigin.source(ctx.channel());
      VmessStream codec =
          new VmessStream(
              new VmessSealer(
                  VmessAnswer.sealed(response, request.answer()),
                  request.body(),
                  response,
                  packets),
              new VmessOpener(request.body(), request.keys(), packets),
              null,
              packets,
              peer);
      ByteBuf early = in.readRetainedSlice(in.readableBytes());
      ctx.pipeline().addBefore(ctx.name(), null, codec);
      ChannelHandlerContext below = ctx.pipeline().context(codec);
      switch (command) {
        case VmessRequest.TCP -> connect(ctx, request.destination(), userId);
        case VmessRequest.UDP ->
            hand(
                ctx,
                new VmessPackets(request.destination()),
                new StreamAssociation(server, userId, idle));
        default -> {
          XudpDecoder decoder = new XudpDecoder(peer);
          hand(ctx, decoder, new XudpEncoder(decoder), new StreamAssociation(server, userId, idle));
        }
      }
      codec.channelRead(below, early);
      below.fireChannelReadComplete();
    }
  }
}
