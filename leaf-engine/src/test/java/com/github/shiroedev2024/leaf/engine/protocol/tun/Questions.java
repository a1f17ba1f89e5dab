package com.github.shiroedev2024.leaf.engine.protocol.tun;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Builds DNS questions byte by byte, without the code under test. */
final class Questions {
  private Questions() {}

  static byte[] question(int id, String name, int type) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) (id >> 8), (byte) id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
    for (String label : name.split("\\.", -1)) {
      out.write(label.length());
      out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    out.writeBytes(new byte[] {0, (byte) (type >> 8), (byte) type, 0, 1});
    return out.toByteArray();
  }

  /** Each behind its length, as over TCP: names and types by turns; the ids count up. */
  static byte[] framed(int firstId, Object... namesAndTypes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      byte[] one = question(firstId + i / 2, (String) namesAndTypes[i], (int) namesAndTypes[i + 1]);
      out.write(one.length >> 8);
      out.write(one.length);
      out.writeBytes(one);
    }
    return out.toByteArray();
  }
}
