package com.github.shiroedev2024.leaf.api.page;

/** Text as it must be written in HTML. */
final class Html {
  private Html() {}

  /** Escapes a text for an element's content or a quoted attribute. */
  static String escape(String text) {
    int i = 0;
    while (i < text.length() && isPlain(text.charAt(i))) {
      i++;
    }
    if (i == text.length()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(isPlain(c) ? c : '\ufffd');
      }
    }
    return out.toString();
  }

  /** Neither markup nor a control character nor one that turns the direction of writing. */
  private static boolean isPlain(char c) {
    return c >= 0x20
        && c != '&'
        && c != '<'
        && c != '>'
        && c != '"'
        && c != '\''
        && !(c >= 0x7f && c < 0xa0)
        && !(c >= 0x202a && c <= 0x202e)
        && !(c >= 0x2066 && c <= 0x2069);
  }
}
