package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadChunkReader;
import com.github.shiroedev2024.leaf.engine.crypto.AeadChunkWriter;
import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import com.github.shiroedev2024.leaf.engine.crypto.AesBlock;
import com.github.shiroedev2024.leaf.engine.crypto.CipherScratch;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/** The 2022 edition (SIP022), with users by identity headers (SIP023) where there are any. */
final class Server2022 implements ServerEdition {
  /** In each 60 seconds; about 100 bytes each. */
  private static final int MAX_SALTS = 1 << 19;

  /** SIP022 section 3.1.4. */
  private static final long SALTS_SECONDS = 60;

  /** An IPv4 address and the length of the padding. */
  private static final int LEAST_HEADER = 1 + 4 + 2 + 2;

  private final ServerKeys2022 keys;
  private final Clock2022 clock;
  private final Salts salts;
  private final SaltPool seen = SaltPool.ofTime(MAX_SALTS, TimeUnit.SECONDS.toNanos(SALTS_SECONDS));

  Server2022(ServerKeys2022 keys, Clock2022 clock, Salts salts) {
    this.keys = keys;
    this.clock = clock;
    this.salts = salts;
  }

  @Override
  public ServerRequest request() {
    return new Request();
  }

  @Override
  public ServerPackets packets() {
    return new ServerPackets2022(keys, clock, salts.random());
  }

  private final class Request implements ServerRequest, StreamOpener.Head {
    private byte[] salt = {};
    private ServerKeys2022.Entry user = keys.anybody();
    private int headerLength;

    @Override
    public StreamOpener opener() {
      return new StreamOpener(this);
    }

    @Override
    public int bytes() {
      return saltBytes()
          + (keys.hasUsers() ? AesBlock.BYTES : 0)
          + Request2022.FIXED_BYTES
          + AeadMethod.TAG_BYTES;
    }

    @Override
    public AeadChunkReader open(byte[] head) throws AEADBadTagException, BadHeaderException {
      salt = Arrays.copyOf(head, saltBytes());
      int at = salt.length;
      if (keys.hasUsers()) {
        byte[] name = new byte[AesBlock.BYTES];
        AesBlock.decrypting(Keys2022.identityKey(keys.server(), salt)).run(head, at, name, 0);
        user = keys.named(name);
        at += name.length;
      }
      AeadCipher cipher = AeadCipher.opening(keys.cipher(), Keys2022.sessionKey(user.key(), salt));
      byte[] plain = new byte[head.length - at];
      cipher.open(head, at, plain.length, plain, 0);
      ByteBuf fixed = Unpooled.wrappedBuffer(plain);
      int type = fixed.readByte();
      if (type != Request2022.CLIENT) {
        throw new BadHeaderException("a request of type " + type);
      }
      clock.check(fixed.readLong());
      headerLength = fixed.readUnsignedShort();
      if (headerLength < LEAST_HEADER) {
        throw new BadHeaderException("a header of " + headerLength + " bytes");
      }
      AeadChunkReader chunks = new AeadChunkReader(cipher, Request2022.MAX_CHUNK);
      chunks.expect(headerLength);
      return chunks;
    }

    /** The first payload holds the whole header chunk, since chunks are opened whole. */
    @Override
    public Destination read(ByteBuf payload, long nanos) throws BadHeaderException {
      ByteBuf header = payload.readSlice(headerLength);
      Destination destination;
      try {
        destination = SocksAddress.read(header);
      } catch (SocksAddress.MalformedException e) {
        throw new BadHeaderException(String.valueOf(e.getMessage()));
      }
      if (destination == null) {
        throw new BadHeaderException("it ends within the address");
      }
      int before = header.readableBytes();
      PacketBody2022.skipPadding(header);
      if (before == Short.BYTES) {
        throw new BadHeaderException("it has neither payload nor padding");
      }
      if (!seen.add(salt, nanos)) {
        throw new BadHeaderException("its salt was there before");
      }
      payload.readerIndex(payload.readerIndex() - header.readableBytes());
      return destination;
    }

    @Override
    public StreamSealer sealer() {
      byte[] answerSalt = salts.forStream(saltBytes());
      return new StreamSealer(
          AeadCipher.sealing(keys.cipher(), Keys2022.sessionKey(user.key(), answerSalt)),
          Request2022.WRITTEN_CHUNK,
          new Response(answerSalt, salt, clock));
    }

    @Override
    public @Nullable String userId() {
      return user.userId();
    }

    private int saltBytes() {
      return keys.cipher().keyBytes();
    }
  }

  /** What the answer begins with; it goes out with the first payload. */
  private static final class Response implements StreamSealer.Head {
    private final byte[] salt;
    private final byte[] requestSalt;
    private final Clock2022 clock;

    Response(byte[] salt, byte[] requestSalt, Clock2022 clock) {
      this.salt = salt;
      this.requestSalt = requestSalt;
      this.clock = clock;
    }

    @Override
    public int room() {
      return salt.length + fixedBytes() + AeadMethod.TAG_BYTES;
    }

    private int fixedBytes() {
      return Request2022.FIXED_BYTES + requestSalt.length;
    }

    @Override
    public boolean alone() {
      return false;
    }

    @Override
    public int write(AeadCipher cipher, AeadChunkWriter.Source source, int waiting, ByteBuf out) {
      int taken = Math.min(waiting, Request2022.WRITTEN_CHUNK);
      CipherScratch scratch = CipherScratch.ofThread();
      byte[] plain = scratch.in(Math.max(taken, fixedBytes()));
      byte[] sealed = scratch.out(Math.max(taken, fixedBytes()) + AeadMethod.TAG_BYTES);
      Unpooled.wrappedBuffer(plain)
          .writerIndex(0)
          .writeByte(Request2022.SERVER)
          .writeLong(clock.now())
          .writeBytes(requestSalt)
          .writeShort(taken);
      out.writeBytes(salt);
      out.writeBytes(sealed, 0, cipher.seal(plain, 0, fixedBytes(), sealed, 0));
      source.take(plain, 0, taken);
      out.writeBytes(sealed, 0, cipher.seal(plain, 0, taken, sealed, 0));
      return taken;
    }
  }
}
