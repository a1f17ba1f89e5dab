package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.core.client.HttpCaller.Reply;
import com.github.shiroedev2024.leaf.core.home.Home;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code leaf core …}: the long-lived process without a terminal. */
@Command(
    name = "core",
    description = "Starts, stops and shows the core, the process that hosts the runtime.")
final class CoreCommand {
  /** {@code leaf core start}: a core in the background, which runs no runtime yet. */
  @Command(
      name = "start",
      description = "Starts a core in the background; 'leaf start' then starts the runtime in it.")
  static final class Start implements Runnable {
    private final Console console;
    @Mixin RunOptions options = new RunOptions();

    Start(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      StartOptions start = options.options(console);
      BackgroundCore.start(console, start.home(), options.arguments(start));
    }
  }

  /** {@code leaf core run}: what the background process does. */
  @Command(name = "run", hidden = true, description = "Hosts a core in this process.")
  static final class Run implements Runnable {
    private final Console console;
    private final Runtimes runtimes;
    @Mixin RunOptions options = new RunOptions();

    Run(Console console, Runtimes runtimes) {
      this.console = console;
      this.runtimes = runtimes;
    }

    @Override
    public void run() {
      new CoreHost(console, runtimes, options.options(console)).host(false);
    }
  }

  /** {@code leaf core stop}: ends the runtime and the core. */
  @Command(name = "stop", description = "Stops the runtime and ends the core.")
  static final class Stop implements Runnable {
    private final Console console;
    @Mixin HomeOption home = new HomeOption();

    Stop(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      Home where = home.home(console);
      long pid = Connections.core(where, "POST", "/v1/core/shutdown").get("pid").getAsLong();
      BackgroundCore.awaitEnd(pid);
      console.say("core ended, pid " + pid);
    }
  }

  /** {@code leaf core status}: whether one runs; exit 1 when not. */
  @Command(name = "status", description = "Shows whether a core runs; exit 1 when not.")
  static final class Status implements Callable<Integer> {
    private final Console console;
    @Mixin HomeOption home = new HomeOption();

    Status(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      Home where = home.home(console);
      Reply reply = Connections.coreReply(where, "GET", "/v1/ping");
      if (reply == null) {
        console.say("no core runs for " + where.state());
        return ExitCodes.FAILED;
      }
      var ping = Connections.object(Connections.accepted(reply));
      console.say(
          "core "
              + ping.get("version").getAsString()
              + " runs, pid "
              + ping.get("pid").getAsLong()
              + ", home "
              + where.state());
      return ExitCodes.OK;
    }
  }
}
