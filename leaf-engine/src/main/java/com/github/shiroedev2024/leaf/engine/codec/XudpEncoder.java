package com.github.shiroedev2024.leaf.engine.codec;

import com.github.shiroedev2024.leaf.engine.net.PortFirstAddress;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/** The sending direction of XUDP on the server's side, see {@link XudpDecoder}. */
public final class XudpEncoder extends ChannelOutboundHandlerAdapter {
  private static final int MAX_DATA = 0xFFFF;

  private final XudpDecoder decoder;

  /**
   * @param decoder knows the session that frames are of
   */
  public XudpEncoder(XudpDecoder decoder) {
    this.decoder = decoder;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (!(msg instanceof Datagram datagram)) {
      ctx.write(msg, promise);
      return;
    }
    ByteBuf frame;
    try {
      int length = datagram.content().readableBytes();
      if (length > MAX_DATA || !SocksAddress.fits(datagram.peer())) {
        if (!promise.isVoid()) {
          promise.tryFailure(
              new SessionException(
                  CloseReason.NOT_SUPPORTED, "XUDP cannot carry a datagram of " + datagram.peer()));
        }
        return;
      }
      int metadata = XudpDecoder.FIXED + 1 + SocksAddress.length(datagram.peer());
      frame = ctx.alloc().directBuffer(2 + metadata + 2 + length);
      frame.writeShort(metadata).writeShort(decoder.session()).writeByte(XudpDecoder.KEEP);
      frame.writeByte(XudpDecoder.WITH_DATA).writeByte(XudpDecoder.UDP);
      PortFirstAddress.write(datagram.peer(), frame);
      frame.writeShort(length).writeBytes(datagram.content());
    } finally {
      datagram.release();
    }
    ctx.write(frame, promise);
  }
}
