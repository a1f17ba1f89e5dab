package com.github.shiroedev2024.leaf.engine.spi;

import java.util.ArrayList;
import java.util.List;

/** Collects everything wrong with a configuration, so that it can be told all at once. */
public final class Problems {
  private final List<Problem> all = new ArrayList<>();

  /** Adds an error, which refuses the file. */
  public void error(Source source, String text, String message, String remedy) {
    all.add(new Problem(Problem.Severity.ERROR, source, text, message, remedy));
  }

  /** Adds a warning: the file runs, but part of it means nothing or not what it seems to. */
  public void warning(Source source, String text, String message, String remedy) {
    all.add(new Problem(Problem.Severity.WARNING, source, text, message, remedy));
  }

  public boolean hasErrors() {
    return all.stream().anyMatch(Problem::isError);
  }

  /** Errors and warnings in the order they were found. */
  public List<Problem> all() {
    return List.copyOf(all);
  }
}
