package com.github.shiroedev2024.leaf.engine.spi;

/**
 * Where something was written.
 *
 * @param file the file's name as the user gave it, or a word such as {@code <embedded>}
 * @param line 1 for the first line, 0 when unknown
 * @param path the JSON path such as {@code outbounds[2].settings.port}, or empty in {@code .conf}
 */
public record Source(String file, int line, String path) {
  public Source {
    path = oneLine(path); // keys are anybody's text
  }

  /** The text without line breaks and other control characters: each becomes a space. */
  static String oneLine(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text);
    for (int i = 0; i < plain.length(); i++) {
      if (Character.isISOControl(plain.charAt(i))) {
        plain.setCharAt(i, ' ');
      }
    }
    return plain.toString();
  }

  public static final Source NONE = new Source("", 0, "");

  /** {@code file:line}, followed by the path in parentheses where there is one. */
  @Override
  public String toString() {
    String at = line > 0 ? file + ":" + line : file;
    return path.isEmpty() ? at : at.isEmpty() ? path : at + " (" + path + ")";
  }
}
