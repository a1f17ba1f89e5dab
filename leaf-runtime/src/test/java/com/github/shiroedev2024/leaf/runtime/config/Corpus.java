package com.github.shiroedev2024.leaf.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.spi.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Stream;

/** The configuration files of the tests, and the golden files beside them. */
final class Corpus {
  private static final String GOLDEN = ".golden";

  private Corpus() {}

  /** The configurations of a folder, by name. */
  static List<Path> files(String folder) {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/config", folder))) {
      return files.filter(f -> !f.toString().endsWith(GOLDEN)).sorted().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Compares with the golden file of this name; {@code -Dleaf.golden.update=true} writes it
   * instead.
   */
  static void checkGolden(Path file, String actual) throws IOException {
    Path golden = file.resolveSibling(file.getFileName() + GOLDEN);
    if (Boolean.getBoolean("leaf.golden.update")) {
      Files.writeString(golden, actual);
      return;
    }
    assertThat(golden).exists();
    assertThat(actual).isEqualTo(Files.readString(golden));
  }

  /** What a reading said, one problem a line, with the file's name but not its folder. */
  static String problems(Path file, ConfigResult result) {
    StringJoiner lines = new StringJoiner("\n", "", "\n");
    lines.add(result.config() == null ? "refused" : "accepted");
    for (Problem problem : result.problems()) {
      String line = problem.toString().replace(file.getParent() + "/", "");
      lines.add(problem.text().isEmpty() ? line : line + "  [" + problem.text() + "]");
    }
    return lines.toString();
  }
}
