package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.core.home.Version;
import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import com.github.shiroedev2024.leaf.runtime.control.Replies.ConfigProblem;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Health;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code leaf} itself. Without a command its flags are those of the older program of this name:
 * {@code leaf -c FILE} runs a file, {@code -T} tests it, {@code -t TAG} tests one outbound.
 */
@Command(
    name = "leaf",
    description = {
      "A local proxy runtime with a small HTTP API.",
      "",
      "Without a command the flags below run, or test, one configuration file."
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done, 1 it could not be done, 2 the command line is wrong.",
      "'leaf COMMAND --help' tells more about each command."
    })
final class LeafCommand implements Callable<Integer> {
  private final Console console;
  private final Runtimes runtimes;
  @Mixin RunOptions options = new RunOptions();
  @Spec @Nullable CommandSpec spec;

  @Option(
      names = {"-T", "--test"},
      description = "Check the configuration and print 'ok' or what is wrong.")
  boolean test;

  @Option(
      names = {"-t", "--test-outbound"},
      paramLabel = "TAG",
      description = "Probe this outbound and print its times.")
  @Nullable String testOutbound;

  @Option(
      names = {"-d", "--test-outbound-timeout"},
      paramLabel = "SECONDS",
      description = "How long a probe may take (default: ${DEFAULT-VALUE}).")
  int testTimeout = 4;

  @Option(
      names = "--thread-stack-size",
      paramLabel = "BYTES",
      description = "Accepted for old command lines; has no effect here.")
  @Nullable Long threadStackSize;

  @Option(
      names = {"-V", "--version"},
      description = "Print the version.")
  boolean version;

  LeafCommand(Console console, Runtimes runtimes) {
    this.console = console;
    this.runtimes = runtimes;
  }

  @Override
  public Integer call() {
    if (version) {
      console.say("leaf " + Version.current());
      return ExitCodes.OK;
    }
    if (spec != null && spec.commandLine().getParseResult().originalArgs().isEmpty()) {
      spec.commandLine().usage(console.out());
      return ExitCodes.OK;
    }
    if (threadStackSize != null) {
      console.complain(
          "leaf: --thread-stack-size has no effect: Java sizes its threads by -Xss, see"
              + " LEAF_JAVA_OPTS");
    }
    if (options.configuration == null) {
      options.configuration = Path.of("config.conf");
    }
    StartOptions start = options.options(console);
    if (test) {
      return testFile(start);
    }
    if (testOutbound != null) {
      return probe(start, testOutbound);
    }
    new CoreHost(console, runtimes, start).host(true);
    return ExitCodes.OK;
  }

  private int testFile(StartOptions start) {
    Path file = start.configuration();
    if (file == null) {
      throw new CommandException("no configuration file");
    }
    List<ConfigProblem> problems = runtimes.test(file, start.environment());
    problems.forEach(problem -> console.complain(TestCommand.text(problem)));
    if (problems.stream().anyMatch(TestCommand::isError)) {
      return ExitCodes.FAILED;
    }
    console.say("ok");
    return ExitCodes.OK;
  }

  private int probe(StartOptions start, String tag) {
    try {
      Health health = runtimes.probe(start, tag, Duration.ofSeconds(testTimeout));
      console.say(line("TCP", health.tcpMs()));
      console.say(line("UDP", health.udpMs()));
      return ExitCodes.OK;
    } catch (ControlException e) {
      throw new CommandException(String.valueOf(e.getMessage()));
    }
  }

  private static String line(String network, @Nullable Double millis) {
    return millis == null
        ? network + " failed: no answer"
        : String.format(Locale.ROOT, "%s ok in %dms", network, Math.round(millis));
  }
}
