package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.runtime.control.Replies.ConfigProblem;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code leaf test}: every problem of a configuration; binds and dials nothing. */
@Command(
    name = "test",
    description = "Checks a configuration and prints every problem; exit 1 when there is an error.")
final class TestCommand implements Callable<Integer> {
  private final Console console;
  private final Runtimes runtimes;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      required = true,
      description = "The configuration, .conf or .json.")
  Path file = Path.of("config.conf");

  TestCommand(Console console, Runtimes runtimes) {
    this.console = console;
    this.runtimes = runtimes;
  }

  @Override
  public Integer call() {
    RunOptions.checkFile(file);
    List<ConfigProblem> problems = runtimes.test(file, console.environment());
    long errors = problems.stream().filter(TestCommand::isError).count();
    long warnings = problems.size() - errors;
    for (ConfigProblem problem : problems) {
      console.say(text(problem));
    }
    String counts = count(errors, "error") + ", " + count(warnings, "warning");
    if (errors > 0) {
      console.complain(file + ": " + counts);
      return ExitCodes.FAILED;
    }
    console.say(file + ": ok" + (warnings > 0 ? ", " + count(warnings, "warning") : ""));
    return ExitCodes.OK;
  }

  static boolean isError(ConfigProblem problem) {
    return problem.severity().equals("error");
  }

  /** {@code file:3: error: what is wrong}, the offending text and the remedy below it. */
  static String text(ConfigProblem problem) {
    StringBuilder out = new StringBuilder(problem.file());
    if (problem.line() > 0) {
      out.append(':').append(problem.line());
    }
    if (!problem.path().isEmpty()) {
      out.append(" (").append(problem.path()).append(')');
    }
    out.append(": ").append(problem.severity()).append(": ").append(problem.reason());
    if (!problem.text().isEmpty()) {
      out.append("\n    ").append(problem.text());
    }
    if (!problem.remedy().isEmpty()) {
      out.append("\n    remedy: ").append(problem.remedy());
    }
    return out.toString();
  }

  private static String count(long n, String what) {
    return n + " " + what + (n == 1 ? "" : "s");
  }
}
