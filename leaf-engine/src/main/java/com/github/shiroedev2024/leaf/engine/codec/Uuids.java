package com.github.shiroedev2024.leaf.engine.codec;

import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** UUIDs (RFC 9562) in settings and on the wire. */
public final class Uuids {
  /** The length of a UUID on the wire. */
  public static final int BYTES = 16;

  private static final Pattern TEXT =
      Pattern.compile(
          "([0-9a-fA-F]{8})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{12})");

  private Uuids() {}

  /** 32 hex digits in any case, with or without the usual dashes; null for any other text. */
  public static @Nullable UUID parse(String text) {
    var parts = TEXT.matcher(text);
    return parts.matches()
        ? UUID.fromString(
            String.join(
                "-",
                parts.group(1),
                parts.group(2),
                parts.group(3),
                parts.group(4),
                parts.group(5)))
        : null;
  }

  /** The UUID of a setting that must be there; reports and answers null when it is not. */
  public static @Nullable UUID required(Settings settings, String key) {
    String text = settings.required(key);
    UUID uuid = text.isEmpty() ? null : parse(text);
    if (uuid == null && !text.isEmpty()) {
      settings.error(
          key,
          "'" + key + "' is not a UUID",
          "write 32 hex digits as in b831381d-6324-4d53-ad4f-8cda48b30811");
    }
    return uuid;
  }

  /** The 16 bytes, most significant first. */
  public static byte[] bytes(UUID uuid) {
    return ByteBuffer.allocate(BYTES)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }
}
