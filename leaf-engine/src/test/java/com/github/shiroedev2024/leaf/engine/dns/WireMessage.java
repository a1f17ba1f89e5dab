package com.github.shiroedev2024.leaf.engine.dns;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Builds DNS replies byte by byte, without the code under test. */
final class WireMessage {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int answers;
  private int authorities;

  /** A reply with this id and flags that repeats the question. */
  static WireMessage reply(int id, int flags, String name, int type) {
    WireMessage m = new WireMessage();
    m.u16(id).u16(flags).u16(1).u16(0).u16(0).u16(0).name(name).u16(type).u16(1);
    return m;
  }

  WireMessage answer(String owner, int type, long ttl, byte[] data) {
    answers++;
    return record(owner, type, ttl, data);
  }

  WireMessage a(String owner, long ttl, int... bytes) {
    return answer(owner, bytes.length == 4 ? 1 : 28, ttl, raw(bytes));
  }

  WireMessage cname(String owner, long ttl, String target) {
    return answer(owner, 5, ttl, new WireMessage().name(target).out.toByteArray());
  }

  WireMessage soa(String owner, long ttl, long minimum) {
    authorities++;
    WireMessage data = new WireMessage().name("ns." + owner).name("admin." + owner);
    for (long n : new long[] {1, 2, 3, 4, minimum}) {
      data.u16((int) (n >> 16)).u16((int) n);
    }
    return record(owner, 6, ttl, data.out.toByteArray());
  }

  private WireMessage record(String owner, int type, long ttl, byte[] data) {
    name(owner).u16(type).u16(1).u16((int) (ttl >> 16)).u16((int) ttl).u16(data.length);
    out.writeBytes(data);
    return this;
  }

  byte[] bytes() {
    byte[] all = out.toByteArray();
    all[6] = (byte) (answers >> 8);
    all[7] = (byte) answers;
    all[8] = (byte) (authorities >> 8);
    all[9] = (byte) authorities;
    return all;
  }

  private WireMessage name(String name) {
    for (String label : name.split("\\.", -1)) {
      out.write(label.length());
      out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    out.write(0);
    return this;
  }

  private WireMessage u16(int value) {
    out.write(value >> 8);
    out.write(value);
    return this;
  }

  static byte[] raw(int... bytes) {
    byte[] raw = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      raw[i] = (byte) bytes[i];
    }
    return raw;
  }
}
