package com.github.shiroedev2024.leaf.core.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code leaf run}: core and runtime in the foreground. */
@Command(
    name = "run",
    description = "Runs Leaf in the foreground until Ctrl-C; SIGHUP reloads the configuration.")
final class RunCommand implements Runnable {
  private final Console console;
  private final Runtimes runtimes;
  @Mixin RunOptions options = new RunOptions();

  RunCommand(Console console, Runtimes runtimes) {
    this.console = console;
    this.runtimes = runtimes;
  }

  @Override
  public void run() {
    new CoreHost(console, runtimes, options.options(console)).host(true);
  }
}
