package com.github.shiroedev2024.leaf.engine.certificate;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.List;

/** Writes the little of DER (X.690) that keys and certificates need. */
final class Der {
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;
  static final int BOOLEAN = 0x01;
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int NULL = 0x05;
  static final int OID = 0x06;
  static final int UTF8_STRING = 0x0c;
  static final int UTC_TIME = 0x17;
  static final int GENERALIZED_TIME = 0x18;

  /** The bits of a tag that the context gives its meaning to; constructed ones add 0x20. */
  static final int CONTEXT = 0x80;

  static final int CONSTRUCTED = 0x20;

  private Der() {}

  /** A value of this tag whose content is these parts, one after the other. */
  static byte[] value(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      byte[] digits = BigInteger.valueOf(length).toByteArray();
      int skip = digits[0] == 0 ? 1 : 0;
      out.write(0x80 | (digits.length - skip));
      out.write(digits, skip, digits.length - skip);
    }
    for (byte[] part : parts) {
      out.write(part, 0, part.length);
    }
    return out.toByteArray();
  }

  static byte[] sequence(byte[]... parts) {
    return value(SEQUENCE, parts);
  }

  static byte[] sequence(List<byte[]> parts) {
    return value(SEQUENCE, parts.toArray(new byte[0][]));
  }

  static byte[] integer(BigInteger n) {
    return value(INTEGER, n.toByteArray());
  }

  /** A bit string of whole bytes. */
  static byte[] bits(byte[] bytes) {
    return value(BIT_STRING, new byte[] {0}, bytes);
  }

  /** An object identifier in dotted form. */
  static byte[] oid(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      long arc = Long.parseLong(arcs[i]);
      for (int shift = 63 / 7 * 7; shift > 0; shift -= 7) {
        if (arc >>> shift != 0) {
          out.write((int) ((arc >>> shift) & 0x7f) | 0x80);
        }
      }
      out.write((int) (arc & 0x7f));
    }
    return value(OID, out.toByteArray());
  }
}
