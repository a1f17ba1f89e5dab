package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import com.github.shiroedev2024.leaf.engine.net.Destination;
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
 * Packets on a stream to datagrams. Bytes that are no packet, and an end within one, are an
 * exception at the tail and close the stream; an end between packets closes it.
 */
final class TrojanPacketDecoder extends ByteToMessageDecoder {
  private final String peer;
  private byte[] lastAddress = {};
  private @Nullable Destination lastSource;
  private boolean failed;

  /**
   * @param peer what to call the other side in failures
   */
  TrojanPacketDecoder(String peer) {
    this.peer = peer;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (failed) {
      in.skipBytes(in.readableBytes());
      return;
    }
    int start = in.readerIndex();
    Destination address;
    try {
      address = address(in);
    } catch (SocksAddress.MalformedException e) {
      fail(ctx, "sent no Trojan packet: " + e.getMessage());
      return;
    }
    if (address == null || in.readableBytes() < 4) {
      in.readerIndex(start);
      return;
    }
    int length = in.readUnsignedShort();
    if (in.readUnsignedShort() != TrojanRequest.CR_LF) {
      fail(ctx, "sent no Trojan packet: no line end behind the length");
      return;
    }
    if (in.readableBytes() < length) {
      in.readerIndex(start);
      return;
    }
    // A buffer of its own, so that a small datagram that waits does not hold all that was read.
    ByteBuf payload = ctx.alloc().directBuffer(length, length).writeBytes(in, length);
    out.add(new Datagram(address, payload));
  }

  /** Takes the address off the buffer; most packets have the one of the packet before. */
  private @Nullable Destination address(ByteBuf in) throws SocksAddress.MalformedException {
    if (startsWith(in, lastAddress)) {
      in.skipBytes(lastAddress.length);
      return lastSource;
    }
    int start = in.readerIndex();
    Destination address = SocksAddress.read(in);
    if (address != null) {
      byte[] bytes = new byte[in.readerIndex() - start];
      in.getBytes(start, bytes);
      lastAddress = bytes;
      lastSource = address;
    }
    return address;
  }

  private static boolean startsWith(ByteBuf in, byte[] bytes) {
    if (bytes.length == 0 || in.readableBytes() < bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if (in.getByte(in.readerIndex() + i) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (in.isReadable() && !failed) {
      fail(ctx, "ended the stream within a packet");
    }
  }

  private void fail(ChannelHandlerContext ctx, String what) {
    failed = true;
    ctx.fireExceptionCaught(new SessionException(CloseReason.PROTOCOL_ERROR, peer + ": " + what));
    ctx.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    super.userEventTriggered(ctx, event);
    if (event == ChannelInputShutdownEvent.INSTANCE && !failed) {
      ctx.close(); // an association is over with either of its directions
    }
  }
}
