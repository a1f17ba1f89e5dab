package com.github.shiroedev2024.leaf.core.cli;

import java.util.ArrayList;
import java.util.List;

/** Columns of text for people, each as wide as its widest cell. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();
  private final boolean[] right;

  /**
   * A table with these headings; one that begins with {@code >} is aligned to the right.
   *
   * @param headings shown first
   */
  Table(String... headings) {
    right = new boolean[headings.length];
    List<String> first = new ArrayList<>();
    for (int i = 0; i < headings.length; i++) {
      right[i] = headings[i].startsWith(">");
      first.add(right[i] ? headings[i].substring(1) : headings[i]);
    }
    rows.add(first);
  }

  void row(String... cells) {
    rows.add(List.of(cells));
  }

  boolean isEmpty() {
    return rows.size() == 1;
  }

  /** The lines, without a line break at the end. */
  @Override
  public String toString() {
    int[] widths = new int[right.length];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], width(row.get(i)));
      }
    }
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - width(row.get(i)));
        line.append(i == 0 ? "" : "  ");
        line.append(right[i] ? padding + row.get(i) : row.get(i) + padding);
      }
      out.append(out.isEmpty() ? "" : "\n").append(line.toString().stripTrailing());
    }
    return out.toString();
  }

  /** Cells of a terminal: CJK and emoji take two, joiners and accents none. */
  static int width(String text) {
    return text.codePoints().map(Table::cells).sum();
  }

  private static int cells(int point) {
    int type = Character.getType(point);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    boolean flag = within(point, 0x1F1E6, 0x1F1FF); // two of them make one sign of two cells
    boolean wide =
        !flag
            && (Character.isIdeographic(point)
                || within(point, 0x1100, 0x115F)
                || within(point, 0x3000, 0x30FF)
                || within(point, 0xAC00, 0xD7A3)
                || within(point, 0xFF01, 0xFF60)
                || within(point, 0x1F300, 0x1FAFF));
    return wide ? 2 : 1;
  }

  private static boolean within(int point, int first, int last) {
    return point >= first && point <= last;
  }
}
