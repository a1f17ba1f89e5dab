package com.github.shiroedev2024.leaf.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every malformed file gives exactly the problems of its golden file. */
class MalformedConfigTest {
  @TestFactory
  Stream<DynamicTest> tellsAllThatIsWrong() {
    return Corpus.files("malformed").stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    String.valueOf(file.getFileName()),
                    () -> {
                      ConfigResult result = ConfigReader.read(file, Map.of());
                      assertThat(result.problems()).isNotEmpty();
                      assertThat(result.config() == null).isEqualTo(!result.errors().isEmpty());
                      Corpus.checkGolden(file, Corpus.problems(file, result));
                    }));
  }

  @Test
  void theCorpusIsThere() {
    assertThat(Corpus.files("malformed")).hasSizeGreaterThanOrEqualTo(60);
  }

  @Test
  void everyProblemNamesItsPlaceAndShowsNoSecret() {
    for (var file : Corpus.files("malformed")) {
      for (var problem : ConfigReader.read(file, Map.of()).problems()) {
        assertThat(problem.source().file())
            .as(problem.toString())
            .isIn(file.toString(), "environment");
        assertThat(problem.toString() + problem.text()).doesNotContain("secret");
      }
    }
  }
}
