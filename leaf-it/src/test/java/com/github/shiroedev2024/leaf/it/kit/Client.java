package com.github.shiroedev2024.leaf.it.kit;

import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A client that the kit knows, with how its driver is built and run. */
enum Client {
  JAVA_DESKTOP("java-desktop") {
    @Override
    List<String> build() {
      return JvmCommand.of("com.github.shiroedev2024.leaf.desktop.api.DriverMain");
    }
  },
  JAVA_ANDROID("java-android") {
    @Override
    List<String> build() {
      return JvmCommand.of("com.github.shiroedev2024.leaf.android.library.DriverMain");
    }
  },
  RUST("rust") {
    @Override
    List<String> build() throws IOException, InterruptedException {
      Path folder = Sources.folder("sdk/rust");
      run(
          List.of("cargo", "build", "--quiet", "--locked", "--example", "contract_driver"),
          folder,
          Map.of("CARGO_TARGET_DIR", cargoTarget()));
      return List.of(Path.of(cargoTarget(), "debug/examples/contract_driver").toString());
    }
  },
  C("c") {
    @Override
    List<String> build() throws IOException, InterruptedException {
      Path folder = Sources.folder("sdk/c");
      PeerProgram.require("gcc");
      PeerProgram.require("curl-config");
      run(List.of("make", "--silent", "build/contract_driver"), folder, Map.of());
      return List.of(folder.resolve("build/contract_driver").toString());
    }
  };

  private static final long BUILD_MINUTES = 10;

  private final String word;

  Client(String word) {
    this.word = word;
  }

  /** Its name in the data. */
  String word() {
    return word;
  }

  /** Builds the driver, if need be, and tells the command that runs it. */
  abstract List<String> build() throws IOException, InterruptedException;

  /** Where Cargo builds, shared by all Rust parts for they stand on the same crates. */
  static String cargoTarget() {
    return Path.of(System.getProperty("leaf.root", ".."), "sdk", "rust", "target")
        .toAbsolutePath()
        .toString();
  }

  /** Runs a build tool to its end; a machine without it skips the test. */
  static void run(List<String> command, Path folder, Map<String, String> environment)
      throws IOException, InterruptedException {
    PeerProgram.require(command.getFirst());
    Path output = Files.createTempFile("build", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new AssertionError(
            String.join(" ", command)
                + " in "
                + folder
                + " failed:\n"
                + Files.readString(output, StandardCharsets.UTF_8));
      }
    } finally {
      Files.delete(output);
    }
  }
}
