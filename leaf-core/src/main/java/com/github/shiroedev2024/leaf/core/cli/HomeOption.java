package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.core.home.Home;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --home}, which every command that concerns a core has. */
final class HomeOption {
  @Option(
      names = "--home",
      paramLabel = "DIR",
      description =
          "Where preferences, selections, caches and the control socket live, so that several cores"
              + " can run side by side (default: LEAF_HOME, else the XDG folders).")
  @Nullable Path folder;

  Home home(Console console) {
    return Home.of(folder, console.environment());
  }
}
