package com.github.shiroedev2024.leaf.core.cli;

/** What the program answers to the shell. */
public final class ExitCodes {
  /** Done. */
  public static final int OK = 0;

  /** What was asked could not be done; the error output says why. */
  public static final int FAILED = 1;

  /** The command line itself is wrong. */
  public static final int USAGE = 2;

  private ExitCodes() {}
}
