package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for.
 *
 * @param destination under UDP of no meaning, since each packet has its own
 */
record TrojanRequest(TrojanUser user, Network network, Destination destination) {
  static final int CR_LF = 0x0D0A;

  private static final int TCP = 1;
  private static final int UDP = 3;

  /** Bytes that begin no request of a known user. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message, null, false, false);
    }
  }

  /** How many bytes {@link #write} will write. */
  static int length(Destination destination) {
    return TrojanKey.BYTES + 2 + 1 + SocksAddress.length(destination) + 2;
  }

  /**
   * Appends a request.
   *
   * @param destination one that fits a SOCKS address
   */
  static void write(byte[] key, Network network, Destination destination, ByteBuf out) {
    out.writeBytes(key).writeShort(CR_LF).writeByte(network == Network.TCP ? TCP : UDP);
    SocksAddress.write(destination, out);
    out.writeShort(CR_LF);
  }

  /**
   * Takes a request off the buffer. Null means that more bytes are needed, and then, as on failure,
   * the reader index has not moved. It fails at the first byte that cannot be right.
   */
  static @Nullable TrojanRequest read(ByteBuf in, TrojanUsers users) throws RefusedException {
    int start = in.readerIndex();
    int have = in.readableBytes();
    for (int i = 0; i < Math.min(have, TrojanKey.BYTES); i++) {
      if (!TrojanKey.holds(in.getByte(start + i))) {
        throw new RefusedException("the first bytes are not Trojan");
      }
    }
    if (have < TrojanKey.BYTES) {
      return null;
    }
    TrojanUser user = users.find(in);
    if (user == null) {
      throw new RefusedException("unknown password");
    }
    try {
      in.skipBytes(TrojanKey.BYTES);
      TrojanRequest request = behindKey(in, user);
      if (request == null) {
        in.readerIndex(start);
      }
      return request;
    } catch (SocksAddress.MalformedException | RefusedException e) {
      in.readerIndex(start);
      throw new RefusedException("a malformed request: " + e.getMessage());
    }
  }

  private static @Nullable TrojanRequest behindKey(ByteBuf in, TrojanUser user)
      throws SocksAddress.MalformedException, RefusedException {
    if (!lineEnd(in) || !in.isReadable()) {
      return null;
    }
    int command = in.readUnsignedByte();
    if (command != TCP && command != UDP) {
      throw new RefusedException("command " + command + " is unknown");
    }
    Destination destination = SocksAddress.read(in);
    if (destination == null || !lineEnd(in)) {
      return null;
    }
    return new TrojanRequest(user, command == TCP ? Network.TCP : Network.UDP, destination);
  }

  /** Takes a line's end off the buffer; false when it is not there whole. */
  private static boolean lineEnd(ByteBuf in) throws RefusedException {
    if (in.isReadable() && in.getByte(in.readerIndex()) != '\r') {
      throw new RefusedException("no line end where one must be");
    }
    if (in.readableBytes() < 2) {
      return false;
    }
    if (in.readUnsignedShort() != CR_LF) {
      throw new RefusedException("no line end where one must be");
    }
    return true;
  }
}
