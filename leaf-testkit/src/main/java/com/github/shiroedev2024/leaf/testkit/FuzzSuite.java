package com.github.shiroedev2024.leaf.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.FuzzTargets.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The fuzz targets of a module: on their kept inputs with every build, with the fuzzer on demand
 * (see docs/fuzzing.md). A module that has targets has a test class that extends this.
 */
@ExtendWith(LeakCheck.class)
public abstract class FuzzSuite {
  private static final Path GUIDE = Path.of("../docs/fuzzing.md");

  static List<Target> all() throws IOException {
    return FuzzTargets.all();
  }

  static List<Target> chosen() throws IOException {
    return FuzzTargets.chosen();
  }

  @ParameterizedTest
  @MethodSource("all")
  void nothingIsFoundInTheKeptInputs(Target target) throws Throwable {
    target.run(new byte[0]);
    for (Path file : target.files()) {
      try {
        target.run(Files.readAllBytes(file));
      } catch (Throwable e) {
        throw new AssertionError("on " + file, e);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void theGuideTellsWhatItCovers(Target target) throws IOException {
    assertThat(Files.readAllLines(GUIDE))
        .as("docs/fuzzing.md needs a row for " + target)
        .anyMatch(line -> line.startsWith("| `" + target.simpleName() + "` |"));
  }

  @Tag("fuzz")
  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("chosen")
  void nothingIsFound(Target target) throws Exception {
    target.fuzz(FuzzTargets.seconds());
  }
}
