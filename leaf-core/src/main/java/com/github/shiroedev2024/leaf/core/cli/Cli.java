package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line as a whole. */
public final class Cli {
  private Cli() {}

  /**
   * Runs one command.
   *
   * @return the exit code, see {@link ExitCodes}
   */
  public static int run(Console console, Runtimes runtimes, String... arguments) {
    String[] settled = optionsLast(arguments);
    Map<String, Supplier<CommandLine>> all = commands(console, runtimes);
    Map<String, Supplier<CommandLine>> needed = needed(all, settled);
    CommandLine line = line(console, runtimes, needed);
    if (needed.size() < all.size()) {
      // What else there is, is needed to tell what is wrong.
      line.setParameterExceptionHandler(
          (failure, given) -> line(console, runtimes, all).execute(settled));
    }
    return line.execute(settled);
  }

  /**
   * The commands that a line is about, when that is plain from its words. Reading the annotations
   * of them all takes longer than starting Leaf.
   */
  private static Map<String, Supplier<CommandLine>> needed(
      Map<String, Supplier<CommandLine>> all, String... arguments) {
    String first = arguments.length == 0 ? "" : arguments[0];
    Supplier<CommandLine> named = all.get(first);
    if (named != null) {
      return Map.of(first, named);
    }
    boolean flagsOnly = first.startsWith("-");
    for (String argument : arguments) {
      flagsOnly &= !all.containsKey(argument) && !argument.matches("--help|-\\w*h\\w*");
    }
    return flagsOnly ? Map.of() : all;
  }

  /**
   * Lets the options that all of {@code ctl} and {@code core} share stand before the command too:
   * {@code leaf ctl --home DIR outbounds} becomes {@code leaf ctl outbounds --home DIR}.
   */
  static String[] optionsLast(String... arguments) {
    if (arguments.length == 0 || !(arguments[0].equals("ctl") || arguments[0].equals("core"))) {
      return arguments;
    }
    int command = 1;
    while (command < arguments.length) {
      String argument = arguments[command];
      if (argument.equals("--home") || argument.equals("--api-port")) {
        command += 2;
      } else if (argument.equals("--json")
          || argument.startsWith("--home=")
          || argument.startsWith("--api-port=")) {
        command++;
      } else {
        break;
      }
    }
    if (command == 1 || command >= arguments.length) {
      return arguments;
    }
    List<String> settled = new ArrayList<>(List.of(arguments).subList(command, arguments.length));
    settled.addFirst(arguments[0]);
    settled.addAll(2, List.of(arguments).subList(1, command));
    return settled.toArray(new String[0]);
  }

  /** Every command, in the order in which help lists them. */
  private static Map<String, Supplier<CommandLine>> commands(Console console, Runtimes runtimes) {
    Map<String, Supplier<CommandLine>> all = new LinkedHashMap<>();
    all.put("run", () -> new CommandLine(new RunCommand(console, runtimes)));
    all.put("test", () -> new CommandLine(new TestCommand(console, runtimes)));
    all.put("node", () -> new CommandLine(new NodeCommand(console)));
    all.put("cert", () -> new CommandLine(new CertCommand(console)));
    all.put(
        "core",
        () ->
            new CommandLine(new CoreCommand())
                .addSubcommand(new CoreCommand.Start(console))
                .addSubcommand(new CoreCommand.Stop(console))
                .addSubcommand(new CoreCommand.Status(console))
                .addSubcommand(new CoreCommand.Run(console, runtimes)));
    all.put("start", () -> new CommandLine(new LeafCommands.Start(console)));
    all.put("stop", () -> new CommandLine(new LeafCommands.Stop(console)));
    all.put("reload", () -> new CommandLine(new LeafCommands.Reload(console)));
    all.put("status", () -> new CommandLine(new LeafCommands.Status(console)));
    all.put("ping", () -> new CommandLine(new LeafCommands.Ping(console)));
    all.put("ctl", () -> CtlCommand.line(console));
    all.put("version", () -> new CommandLine(new LeafCommands.ShowVersion(console)));
    return all;
  }

  private static CommandLine line(
      Console console, Runtimes runtimes, Map<String, Supplier<CommandLine>> commands) {
    CommandLine leaf = new CommandLine(new LeafCommand(console, runtimes));
    commands.forEach((name, command) -> leaf.addSubcommand(name, command.get()));
    addHelp(leaf);
    return leaf.setOut(console.out())
        .setErr(console.err())
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setParameterExceptionHandler((failure, given) -> wrong(console, failure))
        .setExecutionExceptionHandler((failure, line, parsed) -> failed(console, failure));
  }

  /** Every command has {@code --help}. */
  private static void addHelp(CommandLine line) {
    line.getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Print this and end.")
                .build());
    line.getSubcommands().values().forEach(Cli::addHelp);
  }

  private static int wrong(Console console, ParameterException failure) {
    String message = String.valueOf(failure.getMessage());
    CommandLine at = failure.getCommandLine();
    if (at.getCommand() instanceof CoreCommand || at.getCommand() instanceof CtlCommand) {
      message = message.replaceFirst("^Missing required subcommand$", "name a command");
    }
    console.complain("leaf: " + message);
    if (failure instanceof UnmatchedArgumentException unmatched) {
      StringBuilder near = new StringBuilder();
      unmatched
          .getSuggestions()
          .forEach(one -> near.append(near.isEmpty() ? "" : ", ").append(one));
      if (!near.isEmpty()) {
        console.complain("did you mean: " + near);
      }
    }
    console.complain("'" + at.getCommandSpec().qualifiedName() + " --help' tells what there is");
    return ExitCodes.USAGE;
  }

  private static int failed(Console console, Exception failure) {
    if (failure instanceof CommandException told) {
      console.complain("leaf: " + told.getMessage());
      return ExitCodes.FAILED;
    }
    if (failure instanceof ControlException refused) {
      console.complain("leaf: " + refused.getMessage());
      return ExitCodes.FAILED;
    }
    console.complain("leaf: internal error: " + failure);
    if (console.environment().containsKey("LEAF_DEBUG")) {
      failure.printStackTrace(console.err());
    } else {
      console.complain("set LEAF_DEBUG=1 to see where it comes from");
    }
    return ExitCodes.FAILED;
  }
}
