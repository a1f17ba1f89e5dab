package com.github.shiroedev2024.leaf.core;

import com.github.shiroedev2024.leaf.core.cli.Cli;
import com.github.shiroedev2024.leaf.core.cli.Console;

/** The entry point of the program. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(Cli.run(Console.system(), new LeafRuntimes(), arguments));
  }
}
