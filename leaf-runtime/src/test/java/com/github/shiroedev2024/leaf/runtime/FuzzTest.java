package com.github.shiroedev2024.leaf.runtime;

import com.github.shiroedev2024.leaf.testkit.FuzzTargets;
import com.github.shiroedev2024.leaf.testkit.FuzzTargets.Target;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the fuzz targets: on their kept inputs with every build, with the fuzzer on demand. */
@ExtendWith(LeakCheck.class)
class FuzzTest {
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

  @Tag("fuzz")
  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("chosen")
  void nothingIsFound(Target target) throws Exception {
    target.fuzz(FuzzTargets.seconds());
  }
}
