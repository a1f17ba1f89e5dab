package com.github.shiroedev2024.leaf.engine.codec;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.PortFirstAddress;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The receiving direction of XUDP on the server's side: datagrams, each with its own peer, in the
 * frames of Mux.Cool on one stream. It is how clients of VMess and VLESS carry a full-cone
 * association.
 *
 * <pre>
 * +--------------+--------+------------+------------+------------------------------+
 * | length of    | id (2) | status (1) | option (1) | network (1), port, type,     |
 * | metadata (2) |        |            |            | address; more is skipped     |
 * +--------------+--------+------------+------------+------------------------------+
 * | data length (2), data: if bit 1 of the option is set                           |
 * +--------------------------------------------------------------------------------+
 * status: 1 new, 2 keep, 3 end, 4 keep alive
 * </pre>
 *
 * <p>One session of UDP is served; a frame that opens another, or one of TCP, is answered by its
 * end. A keep frame without an address goes where the last datagram went.
 */
public final class XudpDecoder extends ByteToMessageDecoder {
  static final int KEEP = 2;
  static final int WITH_DATA = 1;
  static final int UDP = 2;

  /** Id, status and option. */
  static final int FIXED = 4;

  private static final int NEW = 1;
  private static final int END = 3;
  private static final int KEEP_ALIVE = 4;
  private static final int WITH_ERROR = 2;

  /** Metadata with the longest name and what may follow; bytes. */
  private static final int MAX_METADATA = 512;

  private final String peer;
  private @Nullable Destination last;
  private int id = -1;
  private boolean over;

  /**
   * @param peer what to call the other side in failures
   */
  public XudpDecoder(String peer) {
    this.peer = peer;
  }

  /** The id of the session served, 0 before there is one. */
  int session() {
    return Math.max(id, 0);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (over) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (in.readableBytes() < 2 + FIXED) {
      return;
    }
    int at = in.readerIndex();
    int metadata = in.getUnsignedShort(at);
    if (metadata < FIXED || metadata > MAX_METADATA) {
      fail(ctx, "sent a frame with " + metadata + " bytes of metadata");
      return;
    }
    int option = in.readableBytes() < 2 + metadata ? 0 : in.getUnsignedByte(at + 5);
    int whole = 2 + metadata + ((option & WITH_DATA) == 0 ? 0 : 2);
    if (in.readableBytes() < whole) {
      return;
    }
    int length = (option & WITH_DATA) == 0 ? 0 : in.getUnsignedShort(at + 2 + metadata);
    if (in.readableBytes() < whole + length) {
      return;
    }
    frame(ctx, in.slice(at + 2, metadata), in.slice(at + whole, length), out);
    in.readerIndex(at + whole + length);
  }

  private void frame(ChannelHandlerContext ctx, ByteBuf metadata, ByteBuf data, List<Object> out) {
    int session = metadata.readUnsignedShort();
    int status = metadata.readUnsignedByte();
    metadata.skipBytes(1);
    if (status == KEEP_ALIVE) {
      return;
    }
    if (status == END) {
      if (session == id) {
        over = true;
        ctx.close();
      }
      return;
    }
    if (status != NEW && status != KEEP) {
      fail(ctx, "sent a frame of status " + status);
      return;
    }
    if (status == NEW
        && (id >= 0 || !metadata.isReadable() || metadata.getByte(metadata.readerIndex()) != UDP)) {
      refuse(ctx, session);
      return;
    }
    if (status == NEW) {
      id = session;
    } else if (session != id) {
      return; // of a session that was refused
    }
    if (metadata.isReadable()) {
      metadata.skipBytes(1);
      try {
        Destination to = PortFirstAddress.read(metadata);
        if (to == null) {
          fail(ctx, "sent a frame that ends within the address");
          return;
        }
        last = to;
      } catch (SocksAddress.MalformedException e) {
        fail(ctx, "sent a frame with " + e.getMessage());
        return;
      }
    }
    Destination to = last;
    if (data.isReadable() && to != null) {
      // A buffer of its own, so that a small datagram that waits does not hold all that was read.
      int length = data.readableBytes();
      out.add(new Datagram(to, ctx.alloc().directBuffer(length, length).writeBytes(data)));
    }
  }

  private static void refuse(ChannelHandlerContext ctx, int session) {
    ByteBuf end = ctx.alloc().directBuffer(2 + FIXED);
    end.writeShort(FIXED).writeShort(session).writeByte(END).writeByte(WITH_ERROR);
    ctx.writeAndFlush(end, ctx.voidPromise());
  }

  @Override
  protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (in.isReadable() && !over) {
      fail(ctx, "ended the stream within a frame");
    }
  }

  private void fail(ChannelHandlerContext ctx, String what) {
    over = true;
    ctx.fireExceptionCaught(new SessionException(CloseReason.PROTOCOL_ERROR, peer + ": " + what));
    ctx.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    super.userEventTriggered(ctx, event);
    if (event == ChannelInputShutdownEvent.INSTANCE && !over) {
      over = true;
      ctx.close(); // an association is over with either of its directions
    }
  }
}
