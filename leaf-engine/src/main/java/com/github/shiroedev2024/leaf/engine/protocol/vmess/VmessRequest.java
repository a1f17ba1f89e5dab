package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.PortFirstAddress;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A request's header before it is sealed.
 *
 * <pre>
 * +---------+---------+----------+------------+---------+-------------------+---+---------+
 * | version | IV (16) | key (16) | answer (1) | options | padding length (4 | 0 | command |
 * | (1) 1   |         |          |            | (1)     | bits), security   |   | (1)     |
 * +---------+---------+----------+------------+---------+-------------------+---+---------+
 * | port (2), type, address | padding (0 to 15) | FNV-1a of all before (4) |
 * +-------------------------+-------------------+--------------------------+
 * </pre>
 *
 * @param keys of the request's body; those of the answer's are made of them
 * @param answer the byte that the response begins with
 * @param command {@link #TCP}, {@link #UDP}, {@link #MUX} or something else that is not served
 */
record VmessRequest(
    VmessKeys keys, int answer, VmessBody body, int command, Destination destination) {
  static final int TCP = 1;
  static final int UDP = 2;

  /** Frames of Mux.Cool; such a request has no address. */
  static final int MUX = 3;

  private static final Destination MUX_DESTINATION = Destination.of("v1.mux.cool", 666);

  private static final int VERSION = 1;
  private static final int HASH_BYTES = 4;
  private static final int MAX_PADDING = 15;

  /** Bytes before the address. */
  private static final int FIXED_BYTES = 1 + 2 * VmessKeys.BYTES + 5;

  /** The shortest header: no address, no padding. */
  private static final int MIN_BYTES = FIXED_BYTES + HASH_BYTES;

  /** Bytes that are no header of this form. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
      super(message, null, false, false);
    }
  }

  /** The plain header. */
  byte[] write(RandomGenerator random) {
    int padding = random.nextInt(MAX_PADDING + 1);
    int address = SocksAddress.length(destination);
    byte[] header = new byte[FIXED_BYTES + address + padding + HASH_BYTES];
    ByteBuf out = Unpooled.wrappedBuffer(header).writerIndex(0);
    out.writeByte(VERSION).writeBytes(keys.iv()).writeBytes(keys.key()).writeByte(answer);
    out.writeByte(body.options()).writeByte((padding << 4) | body.security());
    out.writeByte(0).writeByte(command);
    PortFirstAddress.write(destination, out);
    byte[] filling = new byte[padding];
    random.nextBytes(filling);
    out.writeBytes(filling).writeInt(fnv1a(header, header.length - HASH_BYTES));
    return header;
  }

  /** Reads a plain header, the whole of it. */
  static VmessRequest read(byte[] header) throws MalformedException {
    if (header.length < MIN_BYTES) {
      throw new MalformedException("a header of " + header.length + " bytes is too short");
    }
    int end = header.length - HASH_BYTES;
    ByteBuf in = Unpooled.wrappedBuffer(header);
    if (in.getInt(end) != fnv1a(header, end)) {
      throw new MalformedException("the header's checksum is wrong");
    }
    int version = in.readUnsignedByte();
    if (version != VERSION) {
      throw new MalformedException("version " + version + " of VMess");
    }
    byte[] iv = new byte[VmessKeys.BYTES];
    byte[] key = new byte[VmessKeys.BYTES];
    in.readBytes(iv).readBytes(key);
    int answer = in.readUnsignedByte();
    int options = in.readUnsignedByte();
    int packed = in.readUnsignedByte();
    in.skipBytes(1);
    int command = in.readUnsignedByte();
    VmessBody body = new VmessBody(options, packed & 0x0F);
    if (!body.valid()) {
      throw new MalformedException(
          "security " + body.security() + " with options " + options + " is not supported");
    }
    Destination destination = MUX_DESTINATION;
    try {
      destination =
          command == MUX
              ? destination
              : PortFirstAddress.read(in.slice(in.readerIndex(), end - in.readerIndex()));
    } catch (SocksAddress.MalformedException e) {
      throw new MalformedException(String.valueOf(e.getMessage()));
    }
    if (destination == null) {
      throw new MalformedException("the header ends within the address");
    }
    return new VmessRequest(new VmessKeys(key, iv), answer, body, command, destination);
  }

  /** The 32-bit FNV-1a hash. */
  static int fnv1a(byte[] bytes, int length) {
    int hash = 0x811C9DC5;
    for (int i = 0; i < length; i++) {
      hash = (hash ^ (bytes[i] & 0xFF)) * 0x01000193;
    }
    return hash;
  }

  /** Without the keys. */
  @Override
  public String toString() {
    return "vmess request " + command + " " + destination + " " + body;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof VmessRequest r
        && Arrays.equals(keys.key(), r.keys.key())
        && Arrays.equals(keys.iv(), r.keys.iv())
        && answer == r.answer
        && body.equals(r.body)
        && command == r.command
        && destination.equals(r.destination);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(keys.iv());
  }
}
