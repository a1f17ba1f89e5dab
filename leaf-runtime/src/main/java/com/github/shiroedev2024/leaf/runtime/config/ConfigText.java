package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The text of a configuration file, or the reason why it is none. */
final class ConfigText {
  /** More than any configuration written by hand or by a subscription. */
  static final int MAX_BYTES = 16 * 1024 * 1024;

  private ConfigText() {}

  /** Reads a file; reports and answers null when it is not a text of bearable size. */
  static @Nullable String read(Path file, Problems problems) {
    Source source = new Source(file.toString(), 0, "");
    byte[] bytes;
    try {
      if (Files.isDirectory(file)) {
        problems.error(source, "", "it is a folder", "name a .conf or .json file");
        return null;
      }
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(MAX_BYTES + 1);
      }
    } catch (NoSuchFileException e) {
      problems.error(source, "", "there is no such file", "check the path");
      return null;
    } catch (IOException e) {
      problems.error(
          source, "", "it cannot be read: " + e.getMessage(), "check the file's permissions");
      return null;
    }
    return decode(bytes, file.toString(), problems);
  }

  private static @Nullable String decode(byte[] bytes, String file, Problems problems) {
    Source source = new Source(file, 0, "");
    if (bytes.length > MAX_BYTES) {
      tooLarge(source, problems);
      return null;
    }
    if (bytes.length >= 2 && (bytes[0] & 0xff) + (bytes[1] & 0xff) == 0xfe + 0xff) {
      if ((bytes[0] & 0xff) >= 0xfe) {
        problems.error(source, "", "it is UTF-16 text", "save it as UTF-8");
        return null;
      }
    }
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      int line = 1;
      for (int i = 0; i < in.position(); i++) {
        if (bytes[i] == '\n') {
          line++;
        }
      }
      problems.error(
          new Source(file, line, ""), "", "it is not UTF-8 text", "save the file as UTF-8");
      return null;
    }
    return checked(out.flip().toString(), file, problems);
  }

  /** Takes the byte order mark off; reports and answers null for what no configuration holds. */
  static @Nullable String checked(String text, String file, Problems problems) {
    Source source = new Source(file, 0, "");
    if (text.length() > MAX_BYTES) {
      tooLarge(source, problems);
      return null;
    }
    int nul = text.indexOf('\0');
    if (nul >= 0) {
      int line = (int) text.substring(0, nul).chars().filter(c -> c == '\n').count() + 1;
      problems.error(
          new Source(file, line, ""), "", "it is a binary file", "name a .conf or .json text file");
      return null;
    }
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private static void tooLarge(Source source, Problems problems) {
    problems.error(
        source,
        "",
        "it is larger than " + MAX_BYTES / 1024 / 1024 + " MiB",
        "name a configuration file");
  }
}
