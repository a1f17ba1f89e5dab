package com.github.shiroedev2024.leaf.engine.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Collects everything wrong with a configuration, so that it can be told all at once. At most
 * {@link #MAX_KEPT} of each severity are kept, so that a file full of nonsense does not fill the
 * memory; one more says how many there were beyond.
 */
public final class Problems {
  /** How many errors, and how many warnings, are kept. */
  public static final int MAX_KEPT = 1000;

  private final List<Problem> all = new ArrayList<>();
  private int errors;
  private int warnings;

  /** Adds an error, which refuses the file. */
  public void error(Source source, String text, String message, String remedy) {
    if (errors++ < MAX_KEPT) {
      all.add(new Problem(Problem.Severity.ERROR, source, text, message, remedy));
    }
  }

  /** Adds a warning: the file runs, but part of it means nothing or not what it seems to. */
  public void warning(Source source, String text, String message, String remedy) {
    if (warnings++ < MAX_KEPT) {
      all.add(new Problem(Problem.Severity.WARNING, source, text, message, remedy));
    }
  }

  /** As the other one; the remedy is worked out only when the error is kept. */
  public void error(Source source, String text, String message, Supplier<String> remedy) {
    error(source, text, message, errors < MAX_KEPT ? remedy.get() : "");
  }

  /** As the other one; the remedy is worked out only when the warning is kept. */
  public void warning(Source source, String text, String message, Supplier<String> remedy) {
    warning(source, text, message, warnings < MAX_KEPT ? remedy.get() : "");
  }

  public boolean hasErrors() {
    return errors > 0;
  }

  /** Errors and warnings in the order they were found. */
  public List<Problem> all() {
    List<Problem> told = new ArrayList<>(all);
    if (errors > MAX_KEPT) {
      told.add(beyond(Problem.Severity.ERROR, errors - MAX_KEPT + " more errors are not shown"));
    }
    if (warnings > MAX_KEPT) {
      told.add(
          beyond(Problem.Severity.WARNING, warnings - MAX_KEPT + " more warnings are not shown"));
    }
    return List.copyOf(told);
  }

  private Problem beyond(Problem.Severity severity, String message) {
    Source first = all.getFirst().source();
    return new Problem(severity, new Source(first.file(), 0, ""), "", message, "");
  }
}
