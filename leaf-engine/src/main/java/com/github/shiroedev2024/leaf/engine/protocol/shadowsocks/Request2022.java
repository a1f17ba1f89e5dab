package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadChunkReader;
import com.github.shiroedev2024.leaf.engine.crypto.AeadChunkWriter;
import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import com.github.shiroedev2024.leaf.engine.crypto.CipherScratch;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.AEADBadTagException;

/**
 * The client's heads of a stream of the 2022 edition: the request it sends, the response it gets.
 */
final class Request2022 implements StreamSealer.Head, StreamOpener.Head {
  /** Type, time, length. */
  static final int FIXED_BYTES = 1 + 8 + 2;

  /** The most padding, in bytes (SIP022 section 3.1.3). */
  static final int MAX_PADDING = 900;

  /** The most payload of a chunk that is read, in bytes. */
  static final int MAX_CHUNK = 0xFFFF;

  /**
   * The most payload of a chunk that is written, in bytes. Longer ones save little and make the
   * peer wait for more before it can open any.
   */
  static final int WRITTEN_CHUNK = 0x7FFE;

  static final byte CLIENT = 0;
  static final byte SERVER = 1;

  private final Keys2022 keys;
  private final Clock2022 clock;
  private final Random random;
  private final Destination destination;
  private final byte[] salt;

  /**
   * @param random of the length of padding
   * @param destination a destination whose name fits a SOCKS address
   */
  Request2022(Keys2022 keys, Clock2022 clock, Random random, Destination destination, byte[] salt) {
    this.keys = keys;
    this.clock = clock;
    this.random = random;
    this.destination = destination;
    this.salt = salt;
  }

  /** What the client sends. */
  StreamSealer sealer() {
    return new StreamSealer(
        AeadCipher.sealing(keys.cipher(), keys.sessionKey(salt)), WRITTEN_CHUNK, this);
  }

  /** What the client receives. */
  StreamOpener opener() {
    return new StreamOpener(this);
  }

  @Override
  public int room() {
    return salt.length
        + keys.identityBytes()
        + FIXED_BYTES
        + SocksAddress.MAX_BYTES
        + 2
        + MAX_PADDING
        + 2 * AeadMethod.TAG_BYTES;
  }

  @Override
  public boolean alone() {
    return true;
  }

  @Override
  public int write(AeadCipher cipher, AeadChunkWriter.Source source, int waiting, ByteBuf out) {
    int address = SocksAddress.length(destination);
    // Without payload there must be padding; with little, it hides how little.
    int padding = waiting < MAX_PADDING ? 1 + random.nextInt(MAX_PADDING) : 0;
    int header = address + 2 + padding;
    int taken = Math.min(waiting, WRITTEN_CHUNK - header);
    int length = header + taken;
    out.writeBytes(salt);
    keys.writeIdentities(salt, out);
    CipherScratch scratch = CipherScratch.ofThread();
    byte[] plain = scratch.in(length);
    byte[] sealed = scratch.out(length + AeadMethod.TAG_BYTES);
    Unpooled.wrappedBuffer(plain)
        .writerIndex(0)
        .writeByte(CLIENT)
        .writeLong(clock.now())
        .writeShort(length);
    out.writeBytes(sealed, 0, cipher.seal(plain, 0, FIXED_BYTES, sealed, 0));
    ByteBuf variable = Unpooled.wrappedBuffer(plain).writerIndex(0);
    SocksAddress.write(destination, variable);
    variable.writeShort(padding).writeZero(padding);
    source.take(plain, header, taken);
    out.writeBytes(sealed, 0, cipher.seal(plain, 0, length, sealed, 0));
    return taken;
  }

  @Override
  public int bytes() {
    return salt.length + FIXED_BYTES + salt.length + AeadMethod.TAG_BYTES;
  }

  @Override
  public AeadChunkReader open(byte[] head) throws AEADBadTagException, BadHeaderException {
    byte[] peerSalt = Arrays.copyOf(head, salt.length);
    AeadCipher cipher = AeadCipher.opening(keys.cipher(), keys.sessionKey(peerSalt));
    byte[] plain = new byte[head.length - salt.length];
    cipher.open(head, salt.length, plain.length, plain, 0);
    ByteBuf header = Unpooled.wrappedBuffer(plain);
    int type = header.readByte();
    if (type != SERVER) {
      throw new BadHeaderException("an answer of type " + type);
    }
    clock.check(header.readLong());
    byte[] echo = new byte[salt.length];
    header.readBytes(echo);
    if (!Arrays.equals(echo, salt)) {
      throw new BadHeaderException("an answer to another request");
    }
    AeadChunkReader chunks = new AeadChunkReader(cipher, MAX_CHUNK);
    chunks.expect(header.readUnsignedShort());
    return chunks;
  }
}
