package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.packet.PacketView;
import com.github.shiroedev2024.leaf.engine.packet.PacketWriter;
import com.github.shiroedev2024.leaf.engine.packet.PacketWriter.Unreachable;
import com.github.shiroedev2024.leaf.engine.packet.Reassembly;
import com.github.shiroedev2024.leaf.engine.packet.TooBig;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Packets as programs send them into the device, several of them for fragments. */
public final class TunFuzz {
  private static final int MOST = 8;

  private TunFuzz() {}

  /** Each packet is led by its length, two bytes. */
  public static void fuzzerTestOneInput(byte[] input) {
    Reassembly pieces = new Reassembly();
    PacketView view = new PacketView();
    ByteBuffer out = ByteBuffer.allocate(1024);
    int at = 0;
    for (int n = 0; n < MOST && at + 2 <= input.length; n++) {
      int length = ((input[at] & 0xff) << 8) | (input[at + 1] & 0xff);
      byte[] packet = Arrays.copyOfRange(input, at + 2, Math.min(input.length, at + 2 + length));
      at += 2 + packet.length;
      if (view.read(ByteBuffer.wrap(packet), 0, packet.length) != null) {
        continue;
      }
      if (view.fragment()) {
        ByteBuffer whole = pieces.add(view, n);
        if (whole == null || view.read(whole, 0, whole.capacity()) != null) {
          continue;
        }
      }
      use(view, out);
    }
  }

  private static void use(PacketView view, ByteBuffer out) {
    PacketWriter.unreachable(view, Unreachable.NET, out, 0);
    switch (view.protocol()) {
      case PacketView.TCP -> {
        PacketWriter.reset(view, out, 0);
        view.redirectTcp(1, 2, 3, 4, 5, 6, false);
      }
      case PacketView.UDP -> {
        if (view.udpEnd() < view.udpPayload() || view.udpEnd() > view.end()) {
          throw new AssertionError("a datagram ends outside of its packet");
        }
        view.checksumFits();
      }
      default -> {
        view.checksumFits();
        TooBig message = new TooBig();
        if (message.read(view)) {
          message.redirect(out, 0, 1, 2, 3, 4, 5, 6);
        }
        if (PacketWriter.isEcho(view)) {
          PacketWriter.reply(view, false);
        }
      }
    }
  }
}
