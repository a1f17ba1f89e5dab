package com.github.shiroedev2024.leaf.engine.spi;

/**
 * Something wrong with a configuration.
 *
 * @param severity an error refuses the file, a warning does not
 * @param source where
 * @param text the offending text as written, or empty
 * @param message what is wrong, naming the thing
 * @param remedy what would be right, or empty
 */
public record Problem(
    Severity severity, Source source, String text, String message, String remedy) {
  public Problem {
    message = Source.oneLine(message);
    remedy = Source.oneLine(remedy);
  }

  public enum Severity {
    ERROR,
    WARNING
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /** One line for people: {@code file:3: error: …; remedy}. */
  @Override
  public String toString() {
    return source
        + ": "
        + (isError() ? "error: " : "warning: ")
        + message
        + (remedy.isEmpty() ? "" : "; " + remedy);
  }
}
