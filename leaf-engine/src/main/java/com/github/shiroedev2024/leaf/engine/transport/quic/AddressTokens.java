package com.github.shiroedev2024.leaf.engine.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicTokenHandler;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The tokens of Retry packets (RFC 9000, section 8.1.2): who sends one back receives at the address
 * that it sends from, so that nothing is done for addresses that are made up.
 *
 * <pre>
 * end of validity (8, Unix ms) | tag (16) | the client's first destination connection id
 * tag = HMAC-SHA256(secret, end | address | port (2) | id), its first 16 bytes
 * </pre>
 *
 * On the socket's event loop.
 */
final class AddressTokens implements QuicTokenHandler {
  /** From a Retry until the client's next Initial must be there; ms. */
  static final long VALID_MILLIS = 30_000;

  private static final int END = Long.BYTES;
  private static final int TAG = 16;
  private static final int ID = END + TAG;
  private static final String ALGORITHM = "HmacSHA256";

  private final Mac mac;
  private final InstantSource clock;
  private final BooleanSupplier room;

  /**
   * @param secret of this listener only, 32 bytes
   * @param room whether one more connection is taken; else no token is valid
   */
  AddressTokens(byte[] secret, InstantSource clock, BooleanSupplier room) {
    this.clock = clock;
    this.room = room;
    try {
      mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
    }
  }

  @Override
  public boolean writeToken(ByteBuf out, ByteBuf dcid, InetSocketAddress address) {
    long end = clock.millis() + VALID_MILLIS;
    out.writeLong(end);
    out.writeBytes(tag(end, address, dcid));
    out.writeBytes(dcid, dcid.readerIndex(), dcid.readableBytes());
    return true;
  }

  @Override
  public int validateToken(ByteBuf token, InetSocketAddress address) {
    int length = token.readableBytes();
    if (length < ID || length > maxTokenLength()) {
      return -1;
    }
    int start = token.readerIndex();
    long end = token.getLong(start);
    long left = end - clock.millis();
    if (left <= 0 || left > VALID_MILLIS) {
      return -1;
    }
    byte[] given = new byte[TAG];
    token.getBytes(start + END, given);
    boolean ours =
        MessageDigest.isEqual(given, tag(end, address, token.slice(start + ID, length - ID)));
    return ours && room.getAsBoolean() ? ID : -1;
  }

  private byte[] tag(long end, InetSocketAddress address, ByteBuf id) {
    byte[] ip = address.getAddress().getAddress();
    ByteBuffer about = ByteBuffer.allocate(END + ip.length + Short.BYTES + id.readableBytes());
    about.putLong(end).put(ip).putShort((short) address.getPort());
    id.getBytes(id.readerIndex(), about);
    return Arrays.copyOf(mac.doFinal(about.array()), TAG);
  }

  @Override
  public int maxTokenLength() {
    return ID + Quic.MAX_CONN_ID_LEN;
  }
}
