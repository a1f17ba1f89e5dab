package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import com.github.shiroedev2024.leaf.engine.crypto.CipherScratch;
import com.github.shiroedev2024.leaf.engine.crypto.HkdfSha1;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The client's end of an association: datagrams with their own peers above, sealed ones to and from
 * the server below. What does not authenticate is dropped, as on any lossy network.
 */
final class ShadowsocksDatagrams extends ChannelDuplexHandler {
  /** The largest payload of a UDP datagram over IPv4, in bytes (RFC 768, RFC 791). */
  private static final int MAX_DATAGRAM = 65_507;

  private final Destination server;
  private final ShadowsocksKey key;
  private final Salts salts;
  private final Logger log;
  private final HkdfSha1 hkdf = new HkdfSha1();
  private final AeadCipher sealer;
  private final AeadCipher opener;
  private final byte[] receivedSalt;
  private long dropped;
  private boolean passedOn;

  ShadowsocksDatagrams(Destination server, ShadowsocksKey key, Salts salts, Logger log) {
    this.server = server;
    this.key = key;
    this.salts = salts;
    this.log = log;
    this.receivedSalt = new byte[key.saltBytes()];
    // Both get a new key with each datagram; this one is never used.
    this.sealer = AeadCipher.sealing(key.method(), receivedSalt);
    this.opener = AeadCipher.opening(key.method(), receivedSalt);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (!(msg instanceof Datagram datagram)) {
      ctx.write(msg, promise);
      return;
    }
    ByteBuf sealed;
    try {
      sealed = seal(ctx, datagram);
    } catch (SessionException e) {
      drop("to " + datagram.peer(), e.getMessage());
      if (!promise.isVoid()) {
        promise.tryFailure(e);
      }
      return;
    } finally {
      datagram.release();
    }
    ctx.write(new Datagram(server, sealed), promise);
  }

  private ByteBuf seal(ChannelHandlerContext ctx, Datagram datagram) throws SessionException {
    ByteBuf content = datagram.content();
    if (!SocksAddress.fits(datagram.peer())) {
      throw new SessionException(
          CloseReason.NOT_SUPPORTED, "the name does not have 1 to 255 bytes");
    }
    int address = SocksAddress.length(datagram.peer());
    int plain = address + content.readableBytes();
    int size = key.saltBytes() + plain + AeadMethod.TAG_BYTES;
    if (size > MAX_DATAGRAM) {
      throw new SessionException(
          CloseReason.NOT_SUPPORTED, "sealed it would take " + size + " bytes, more than UDP has");
    }
    byte[] salt = salts.forDatagram(key.saltBytes());
    sealer.rekey(key.subkey(hkdf, salt));
    CipherScratch scratch = CipherScratch.ofThread();
    byte[] in = scratch.in(plain);
    SocksAddress.write(datagram.peer(), Unpooled.wrappedBuffer(in).writerIndex(0));
    content.readBytes(in, address, plain - address);
    byte[] out = scratch.out(plain + AeadMethod.TAG_BYTES);
    int written = sealer.seal(in, 0, plain, out, 0);
    return ctx.alloc().directBuffer(size, size).writeBytes(salt).writeBytes(out, 0, written);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof Datagram datagram)) {
      ctx.fireChannelRead(msg);
      return;
    }
    Datagram opened;
    try {
      opened = open(ctx, datagram.content());
    } catch (AEADBadTagException e) {
      drop("from " + datagram.peer(), "it does not authenticate");
      return;
    } catch (SocksAddress.MalformedException e) {
      drop("from " + datagram.peer(), e.getMessage());
      return;
    } finally {
      datagram.release();
    }
    passedOn = true;
    ctx.fireChannelRead(opened);
  }

  private Datagram open(ChannelHandlerContext ctx, ByteBuf received)
      throws AEADBadTagException, SocksAddress.MalformedException {
    int sealed = received.readableBytes() - key.saltBytes();
    if (sealed < AeadMethod.TAG_BYTES) {
      throw new AEADBadTagException("too short");
    }
    received.readBytes(receivedSalt);
    opener.rekey(key.subkey(hkdf, receivedSalt));
    CipherScratch scratch = CipherScratch.ofThread();
    byte[] in = scratch.in(sealed);
    received.readBytes(in, 0, sealed);
    byte[] out = scratch.out(sealed);
    int plain = opener.open(in, 0, sealed, out, 0);
    ByteBuf view = Unpooled.wrappedBuffer(out, 0, plain);
    Destination source = SocksAddress.read(view);
    if (source == null) {
      throw new SocksAddress.MalformedException("it ends within the address");
    }
    int length = view.readableBytes();
    return new Datagram(source, ctx.alloc().directBuffer(length, length).writeBytes(view));
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    if (!passedOn && !ctx.channel().config().isAutoRead()) {
      ctx.read(); // one read was asked for, and what came was dropped
    }
    passedOn = false;
  }

  private void drop(String which, @Nullable String why) {
    dropped++;
    log.debug("dropped a datagram {} ({} so far on this association): {}", which, dropped, why);
  }
}
