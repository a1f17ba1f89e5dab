package android.util;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands in for the platform's class, whose stub cannot be called; remembers what was logged. */
public final class Log {
  private static final List<String> LINES = new CopyOnWriteArrayList<>();

  private Log() {}

  public static int w(String tag, String message) {
    LINES.add(tag + ": " + message);
    return 0;
  }

  public static List<String> lines() {
    return LINES;
  }
}
