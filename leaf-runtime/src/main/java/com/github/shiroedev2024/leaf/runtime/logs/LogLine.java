package com.github.shiroedev2024.leaf.runtime.logs;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The text of one log event as one line: {@code 2026-11-23T08:15:30.123Z INFO target message}. What
 * comes from outside cannot break out of its line: line breaks become {@value #BREAK}, colour codes
 * and other control characters go, and what looks like a UUID or a URL's password is masked.
 */
final class LogLine {
  static final String BREAK = "⏎";
  static final String MASK = "********";

  /** Longer messages end with an ellipsis; characters. */
  static final int MAX_MESSAGE = 16_384;

  /** A chain of causes longer than this is cut; also guards against circles. */
  private static final int MAX_CAUSES = 8;

  private static final String OWN_NAMES = "com.github.shiroedev2024.";
  private static final int UUID_LENGTH = 36;
  private static final int PLAIN_UUID_LENGTH = 32;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private LogLine() {}

  /** Time, level, target and message. */
  static String full(ILoggingEvent event) {
    String message = message(event);
    String name = event.getLoggerName();
    String target = name.startsWith(OWN_NAMES) ? name.substring(OWN_NAMES.length()) : name;
    return TIME.format(Instant.ofEpochMilli(event.getTimeStamp()))
        + ' '
        + event.getLevel()
        + ' '
        + oneLine(target).replace(' ', '_')
        + ' '
        + message;
  }

  /** The message and the chain of what was thrown, without stack traces. */
  static String message(ILoggingEvent event) {
    String text = event.getFormattedMessage();
    StringBuilder message = new StringBuilder(text == null ? "" : text);
    IThrowableProxy thrown = event.getThrowableProxy();
    String before = message.toString();
    for (int depth = 0; thrown != null && depth < MAX_CAUSES; depth++) {
      String what = thrown.getMessage();
      String said = what == null || what.isBlank() ? simpleName(thrown.getClassName()) : what;
      // Wrapping exceptions often repeat the words of what they wrap.
      if (!before.contains(said)) {
        message.append(message.isEmpty() ? "" : ": ").append(said);
        before = said;
      }
      thrown = thrown.getCause();
    }
    return oneLine(message.toString());
  }

  /** The stack trace, each line cleaned, with a line break in front; empty without a throwable. */
  static String stackTrace(ILoggingEvent event) {
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown == null) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    ThrowableProxyUtil.asString(thrown)
        .lines()
        .filter(line -> !line.isBlank())
        .forEach(line -> out.append("\n    ").append(oneLine(line)));
    return out.toString();
  }

  private static String simpleName(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }

  /** Cleans, masks and shortens a text so that it is safe as part of one line. */
  static String oneLine(String text) {
    return cut(mask(clean(text.length() > 2 * MAX_MESSAGE ? cutAt(text, 2 * MAX_MESSAGE) : text)));
  }

  private static String cut(String text) {
    return text.length() <= MAX_MESSAGE ? text : cutAt(text, MAX_MESSAGE - 1) + "…";
  }

  private static String cutAt(String text, int length) {
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end);
  }

  private static String clean(String text) {
    int i = 0;
    while (i < text.length() && isPlain(text.charAt(i))) {
      i++;
    }
    if (i == text.length()) {
      return text;
    }
    String trimmed = text.strip();
    StringBuilder out = new StringBuilder(trimmed.length() + 8);
    for (i = 0; i < trimmed.length(); i++) {
      char c = trimmed.charAt(i);
      if (c == '\r' && i + 1 < trimmed.length() && trimmed.charAt(i + 1) == '\n') {
        continue;
      }
      if (c == '\n'
          || c == '\r'
          || c == 0x0b
          || c == 0x0c
          || c == 0x85
          || c == 0x2028
          || c == 0x2029) {
        out.append(BREAK);
      } else if (c == 0x1b) {
        i = endOfEscape(trimmed, i);
      } else if (c == '\t') {
        out.append(' ');
      } else if (Character.isSurrogate(c)) {
        if (i + 1 < trimmed.length() && Character.isSurrogatePair(c, trimmed.charAt(i + 1))) {
          out.append(c).append(trimmed.charAt(++i));
        } else {
          out.append('\ufffd');
        }
      } else {
        out.append(isPlain(c) ? c : '\ufffd');
      }
    }
    return out.toString();
  }

  /** Neither a control, nor a separator of lines, nor one that turns the direction of writing. */
  private static boolean isPlain(char c) {
    return (c >= 0x20 && c < 0x7f)
        || (c >= 0xa0
            && c != 0x2028
            && c != 0x2029
            && !(c >= 0x202a && c <= 0x202e)
            && !(c >= 0x2066 && c <= 0x2069)
            && !Character.isSurrogate(c));
  }

  /** The index of the last character of the escape sequence that starts at i (ECMA-48, 5.4). */
  private static int endOfEscape(String text, int i) {
    if (i + 1 >= text.length() || text.charAt(i + 1) != '[') {
      return i;
    }
    int end = i + 2;
    while (end < text.length() && text.charAt(end) >= 0x20 && text.charAt(end) <= 0x3f) {
      end++;
    }
    return end < text.length() && text.charAt(end) >= 0x40 && text.charAt(end) <= 0x7e
        ? end
        : end - 1;
  }

  private static String mask(String text) {
    return maskPasswords(maskUuids(text));
  }

  /** Masks runs of hex digits and dashes shaped like a UUID, with dashes or without. */
  private static String maskUuids(String text) {
    StringBuilder out = null;
    int copied = 0;
    int i = 0;
    while (i < text.length()) {
      if (!isHex(text.charAt(i))) {
        i++;
        continue;
      }
      int run = i;
      while (run < text.length() && (isHex(text.charAt(run)) || text.charAt(run) == '-')) {
        run++;
      }
      int at = i;
      while (at + PLAIN_UUID_LENGTH <= run) {
        int length = uuidAt(text, at, run);
        if (length == 0) {
          at++;
          continue;
        }
        out = out == null ? new StringBuilder(text.length()) : out;
        out.append(text, copied, at).append(MASK);
        at += length;
        copied = at;
      }
      i = run;
    }
    return out == null ? text : out.append(text, copied, text.length()).toString();
  }

  /** The length of the UUID at this place, or 0. Without dashes only when that is all there is. */
  private static int uuidAt(String text, int at, int end) {
    if (at + UUID_LENGTH <= end) {
      boolean dashed = true;
      for (int k = 0; k < UUID_LENGTH && dashed; k++) {
        boolean dash = k == 8 || k == 13 || k == 18 || k == 23;
        dashed = dash == (text.charAt(at + k) == '-');
      }
      if (dashed) {
        return UUID_LENGTH;
      }
    }
    if (at > 0 && isHex(text.charAt(at - 1))) {
      return 0;
    }
    for (int k = 0; k < PLAIN_UUID_LENGTH; k++) {
      if (text.charAt(at + k) == '-') {
        return 0;
      }
    }
    boolean longer = at + PLAIN_UUID_LENGTH < end && isHex(text.charAt(at + PLAIN_UUID_LENGTH));
    return longer ? 0 : PLAIN_UUID_LENGTH;
  }

  private static boolean isHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  /** Masks what stands before the {@code @} of a URL's authority. */
  private static String maskPasswords(String text) {
    int scheme = text.indexOf("://");
    if (scheme < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int copied = 0;
    while (scheme >= 0) {
      int start = scheme + 3;
      int at = -1;
      int i = start;
      while (i < text.length() && " /?#\"'<>".indexOf(text.charAt(i)) < 0) {
        if (text.charAt(i) == '@') {
          at = i;
        }
        i++;
      }
      if (at > start) {
        out.append(text, copied, start).append(MASK);
        copied = at;
      }
      scheme = text.indexOf("://", i);
    }
    return out.append(text, copied, text.length()).toString();
  }
}
