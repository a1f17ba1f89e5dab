package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.core.home.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of the commands that host a core: {@code run}, {@code core start}. */
final class RunOptions {
  @Mixin HomeOption home = new HomeOption();

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description =
          "The configuration, .conf or .json (default: config.conf or config.json of the home, else"
              + " a built-in one).")
  @Nullable Path configuration;

  @Option(
      names = "--api-port",
      paramLabel = "N",
      description = "The port of the HTTP API; wins over configuration and preferences.")
  @Nullable Integer apiPort;

  @Option(
      names = "--socks-port",
      paramLabel = "N",
      description = "The port of the first SOCKS or HTTP inbound; wins over the configuration.")
  @Nullable Integer socksPort;

  @Option(
      names = "--memory-logger",
      description = "Keep the log in memory, where the API reads it.")
  boolean memoryLogger;

  @Option(names = "--auto-reload", description = "Reload when the configuration file changes.")
  boolean autoReload;

  @Option(
      names = {"-b", "--boundif"},
      paramLabel = "IFACE",
      description = "Bind outgoing sockets to this interface or address (OUTBOUND_INTERFACE).")
  @Nullable String boundInterface;

  @Option(names = "--single-thread", description = "One event loop instead of one per processor.")
  boolean singleThread;

  /** These flags as options of a start; complains about what cannot be. */
  StartOptions options(Console console) {
    Home where = home.home(console);
    checkPort("--api-port", apiPort);
    checkPort("--socks-port", socksPort);
    Path file = configuration;
    if (file != null) {
      checkFile(file);
      file = file.toAbsolutePath().normalize();
    } else {
      file = where.defaultConfiguration();
    }
    Map<String, String> environment = new HashMap<>(console.environment());
    if (boundInterface != null) {
      environment.put("OUTBOUND_INTERFACE", boundInterface);
    }
    return new StartOptions(
        where,
        file,
        environment,
        apiPort,
        socksPort,
        memoryLogger ? Boolean.TRUE : null,
        autoReload,
        singleThread);
  }

  /** The same flags for a child process, the home and the file as absolute paths. */
  List<String> arguments(StartOptions options) {
    List<String> out = new ArrayList<>();
    Path chosen = options.home().chosen();
    if (chosen != null) {
      out.addAll(List.of("--home", chosen.toString()));
    }
    if (options.configuration() != null && configuration != null) {
      out.addAll(List.of("--config", options.configuration().toString()));
    }
    if (apiPort != null) {
      out.addAll(List.of("--api-port", apiPort.toString()));
    }
    if (socksPort != null) {
      out.addAll(List.of("--socks-port", socksPort.toString()));
    }
    if (memoryLogger) {
      out.add("--memory-logger");
    }
    if (autoReload) {
      out.add("--auto-reload");
    }
    if (boundInterface != null) {
      out.addAll(List.of("--boundif", boundInterface));
    }
    if (singleThread) {
      out.add("--single-thread");
    }
    return out;
  }

  static void checkFile(Path file) {
    if (!Files.exists(file)) {
      throw new CommandException(file + ": no such file");
    }
    if (!Files.isRegularFile(file) && Files.isDirectory(file)) {
      throw new CommandException(file + " is a folder; name the configuration file in it");
    }
    if (!Files.isReadable(file)) {
      throw new CommandException(file + " cannot be read: permission denied");
    }
    String name = String.valueOf(file.getFileName());
    if (!name.endsWith(".conf") && !name.endsWith(".json")) {
      String lower = name.toLowerCase(Locale.ROOT);
      throw new CommandException(
          file
              + ": a configuration's name ends in .conf or .json"
              + (lower.endsWith(".conf") || lower.endsWith(".json") ? ", in lower case" : ""));
    }
  }

  private static void checkPort(String flag, @Nullable Integer port) {
    if (port != null && (port < 1 || port > 65_535)) {
      throw new CommandException(flag + " is " + port + "; it must be 1 to 65535");
    }
  }
}
