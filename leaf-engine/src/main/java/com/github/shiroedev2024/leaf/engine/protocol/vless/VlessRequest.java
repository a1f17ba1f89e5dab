package com.github.shiroedev2024.leaf.engine.protocol.vless;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.shiroedev2024.leaf.engine.codec.SecretTable;
import com.github.shiroedev2024.leaf.engine.codec.UuidUser;
import com.github.shiroedev2024.leaf.engine.codec.Uuids;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.net.PortFirstAddress;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for.
 *
 * @param destination where to, or with {@code mux} of no meaning
 * @param mux whether datagrams follow in XUDP, each with its own peer
 */
record VlessRequest(UuidUser user, Network network, Destination destination, boolean mux) {
  private static final int VERSION = 0;
  private static final int TCP = 1;
  private static final int UDP = 2;
  private static final int MUX = 3;
  private static final Destination MUX_DESTINATION = Destination.of("v1.mux.cool", 666);

  /** The version, the UUID and the length of the addons. */
  private static final int FIXED = 1 + Uuids.BYTES + 1;

  /** The addons' field 1 of protobuf's type "bytes". */
  private static final int FLOW_FIELD = 0x0a;

  /** Bytes that are no request of a known user, or one that cannot be met. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;
    private final boolean known;

    RefusedException(boolean known, String message) {
      super(message, null, false, false);
      this.known = known;
    }

    /** Whether a user of this inbound asked, so that nothing has to be hidden. */
    boolean known() {
      return known;
    }
  }

  /**
   * The bytes of a request without addons.
   *
   * @param destination one that fits a SOCKS address
   */
  static byte[] bytes(UUID uuid, Network network, Destination destination) {
    byte[] request = new byte[FIXED + 1 + SocksAddress.length(destination)];
    ByteBuf out = Unpooled.wrappedBuffer(request).writerIndex(0);
    out.writeByte(VERSION).writeBytes(Uuids.bytes(uuid)).writeByte(0);
    out.writeByte(network == Network.TCP ? TCP : UDP);
    PortFirstAddress.write(destination, out);
    return request;
  }

  /**
   * Takes a request off the buffer. Null means that more bytes are needed, and then, as on failure,
   * the reader index has not moved. It fails at the first byte that cannot be right.
   */
  static @Nullable VlessRequest read(ByteBuf in, SecretTable<UuidUser> users)
      throws RefusedException {
    int start = in.readerIndex();
    int have = in.readableBytes();
    if (have > 0 && in.getByte(start) != VERSION) {
      throw new RefusedException(false, "the first byte is not VLESS");
    }
    if (have < 1 + Uuids.BYTES) {
      return null;
    }
    UuidUser user = users.find(in, start + 1);
    if (user == null) {
      throw new RefusedException(false, "unknown UUID");
    }
    int addons = have < FIXED ? 0 : in.getUnsignedByte(start + FIXED - 1);
    if (have < FIXED + addons + 1) {
      return null;
    }
    refuseFlow(in, start + FIXED, addons, user);
    int command = in.getUnsignedByte(start + FIXED + addons);
    if (command == MUX) {
      in.skipBytes(FIXED + addons + 1); // no address follows
      return new VlessRequest(user, Network.UDP, MUX_DESTINATION, true);
    }
    if (command != TCP && command != UDP) {
      throw new RefusedException(false, "command " + command + " is unknown");
    }
    in.skipBytes(FIXED + addons + 1);
    Destination destination;
    try {
      destination = PortFirstAddress.read(in);
    } catch (SocksAddress.MalformedException e) {
      in.readerIndex(start);
      throw new RefusedException(false, "a malformed request: " + e.getMessage());
    }
    if (destination == null) {
      in.readerIndex(start);
      return null;
    }
    return new VlessRequest(user, command == TCP ? Network.TCP : Network.UDP, destination, false);
  }

  private static void refuseFlow(ByteBuf in, int at, int addons, UuidUser user)
      throws RefusedException {
    if (addons > 2 && in.getByte(at) == FLOW_FIELD) {
      int length = Math.min(in.getUnsignedByte(at + 1), addons - 2);
      throw new RefusedException(
          true,
          user
              + " asks for the flow '"
              + in.toString(at + 2, length, UTF_8)
              + "', which is not supported yet; set it to none there");
    }
  }
}
