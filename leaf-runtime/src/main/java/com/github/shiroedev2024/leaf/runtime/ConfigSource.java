package com.github.shiroedev2024.leaf.runtime;

import java.nio.file.Path;

/** Where the configuration is read from, at start and again at each reload. */
public sealed interface ConfigSource {
  /** A file ending in {@code .json} or {@code .conf}. */
  record File(Path path) implements ConfigSource {}

  /**
   * A text that never changes, such as the embedded default.
   *
   * @param name what problems call it
   */
  record Text(String name, String text) implements ConfigSource {}
}
