package com.github.shiroedev2024.leaf.runtime.prefs;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The selections file: one protobuf message whose field 1 is a {@code map<string, string>} from
 * group to member. On the wire that is, for each entry,
 *
 * <pre>
 *   0x0a length { 0x0a length group  0x12 length member }
 * </pre>
 *
 * all lengths varints. A missing half of an entry is the empty text, a later entry wins, fields of
 * other numbers are skipped.
 */
final class SelectionCodec {
  private static final int LENGTH_DELIMITED = 2;

  private SelectionCodec() {}

  static byte[] write(Map<String, String> selections) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    selections.forEach(
        (group, member) -> {
          ByteArrayOutputStream entry = new ByteArrayOutputStream();
          writeField(entry, 1, group.getBytes(StandardCharsets.UTF_8));
          writeField(entry, 2, member.getBytes(StandardCharsets.UTF_8));
          writeField(out, 1, entry.toByteArray());
        });
    return out.toByteArray();
  }

  private static void writeField(ByteArrayOutputStream out, int number, byte[] value) {
    writeVarint(out, (number << 3) | LENGTH_DELIMITED);
    writeVarint(out, value.length);
    out.writeBytes(value);
  }

  private static void writeVarint(ByteArrayOutputStream out, int value) {
    int rest = value;
    while (rest >= 0x80) {
      out.write((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  /**
   * Reads the whole message.
   *
   * @throws IllegalArgumentException when it is not such a message
   */
  static Map<String, String> read(byte[] bytes) {
    Map<String, String> selections = new LinkedHashMap<>();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      long key = readVarint(in);
      if (key == ((1 << 3) | LENGTH_DELIMITED)) {
        readEntry(slice(in), selections);
      } else {
        skip(in, key);
      }
    }
    return selections;
  }

  private static void readEntry(ByteBuffer in, Map<String, String> selections) {
    String group = "";
    String member = "";
    while (in.hasRemaining()) {
      long key = readVarint(in);
      if (key == ((1 << 3) | LENGTH_DELIMITED)) {
        group = text(slice(in));
      } else if (key == ((2 << 3) | LENGTH_DELIMITED)) {
        member = text(slice(in));
      } else {
        skip(in, key);
      }
    }
    selections.put(group, member);
  }

  private static void skip(ByteBuffer in, long key) {
    if (key >>> 3 == 0) {
      throw new IllegalArgumentException("field number 0");
    }
    switch ((int) (key & 7)) {
      case 0 -> readVarint(in);
      case 1 -> advance(in, 8);
      case LENGTH_DELIMITED -> slice(in);
      case 5 -> advance(in, 4);
      default -> throw new IllegalArgumentException("wire type " + (key & 7));
    }
  }

  private static void advance(ByteBuffer in, int count) {
    if (in.remaining() < count) {
      throw new IllegalArgumentException("cut off");
    }
    in.position(in.position() + count);
  }

  private static ByteBuffer slice(ByteBuffer in) {
    long length = readVarint(in);
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("cut off");
    }
    ByteBuffer slice = in.slice(in.position(), (int) length);
    in.position(in.position() + (int) length);
    return slice;
  }

  private static long readVarint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!in.hasRemaining()) {
        throw new IllegalArgumentException("cut off");
      }
      byte b = in.get();
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number of more than 10 bytes");
  }

  private static String text(ByteBuffer in) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(in).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a text that is not UTF-8", e);
    }
  }
}
