package com.github.shiroedev2024.leaf.engine.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** Addresses in the forms of SOCKS5 and VMess; what is read is written the same again. */
public final class AddressFuzz {
  private AddressFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    ByteBuf in = Unpooled.wrappedBuffer(input);
    check(read(in, false), in, false);
    in.readerIndex(0);
    check(read(in, true), in, true);
  }

  private static @Nullable Destination read(ByteBuf in, boolean portFirst) {
    try {
      return portFirst ? PortFirstAddress.read(in) : SocksAddress.read(in);
    } catch (SocksAddress.MalformedException e) {
      return null;
    }
  }

  private static void check(@Nullable Destination read, ByteBuf in, boolean portFirst) {
    if (read == null) {
      if (in.readerIndex() != 0) {
        throw new AssertionError("moved without an address");
      }
      return;
    }
    if (!SocksAddress.fits(read)) {
      return; // a name of bytes that are no UTF-8 may become longer
    }
    ByteBuf out = Unpooled.buffer();
    if (portFirst) {
      PortFirstAddress.write(read, out);
    } else {
      SocksAddress.write(read, out);
    }
    if (out.readableBytes() != SocksAddress.length(read) || !read.equals(read(out, portFirst))) {
      throw new AssertionError(read + " is written otherwise");
    }
  }
}
