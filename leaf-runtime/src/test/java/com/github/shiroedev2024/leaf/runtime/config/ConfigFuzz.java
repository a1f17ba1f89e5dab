package com.github.shiroedev2024.leaf.runtime.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;

/** Configurations of either format. */
public final class ConfigFuzz {
  private ConfigFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    ConfigResult result = ConfigReader.read(new String(input, UTF_8), "f", Map.of());
    if (result.config() == null != !result.errors().isEmpty()) {
      throw new AssertionError("neither refused nor accepted: " + result.problems());
    }
    result
        .problems()
        .forEach(
            problem -> {
              if (problem.message().isBlank() || problem.toString().indexOf('\n') >= 0) {
                throw new AssertionError("a problem that says nothing, or not in one line");
              }
            });
  }
}
