package com.github.shiroedev2024.leaf.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every valid file reads without a word, and a pair of the same name gives the same model. */
class ValidConfigTest {
  @TestFactory
  Stream<DynamicTest> readsAsItsGoldenModel() {
    return Corpus.files("valid").stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    String.valueOf(file.getFileName()),
                    () -> {
                      LeafConfig config = read(file);
                      Path twin = twin(file);
                      if (Files.exists(twin)) {
                        assertSame(read(twin), config);
                      }
                      Corpus.checkGolden(file, ModelText.of(config));
                    }));
  }

  @Test
  void theCorpusIsThere() {
    var files = Corpus.files("valid");
    assertThat(files).hasSizeGreaterThanOrEqualTo(40);
    assertThat(files.stream().filter(f -> Files.exists(twin(f)))).hasSizeGreaterThanOrEqualTo(30);
  }

  /** Compares the texts for the sake of the message, the options themselves for their secrets. */
  private static void assertSame(LeafConfig actual, LeafConfig expected) {
    assertThat(ModelText.of(actual)).isEqualTo(ModelText.of(expected));
    assertThat(actual.engine().inbounds().stream().map(InboundSpec::options))
        .containsExactlyElementsOf(
            expected.engine().inbounds().stream().map(InboundSpec::options).toList());
    assertThat(actual.engine().outbounds().stream().map(OutboundSpec::options))
        .containsExactlyElementsOf(
            expected.engine().outbounds().stream().map(OutboundSpec::options).toList());
    assertThat(actual.engine().options()).isEqualTo(expected.engine().options());
  }

  private static LeafConfig read(Path file) throws IOException {
    ConfigResult result = ConfigReader.read(file, Map.of());
    assertThat(result.problems()).isEmpty();
    LeafConfig config = Objects.requireNonNull(result.config());
    // The text door must agree with the file door.
    ConfigResult again = ConfigReader.read(Files.readString(file), file.toString(), Map.of());
    assertSame(Objects.requireNonNull(again.config()), config);
    return config;
  }

  private static Path twin(Path file) {
    String name = String.valueOf(file.getFileName());
    return file.resolveSibling(
        name.endsWith(".conf")
            ? name.replaceAll("conf$", "json")
            : name.replaceAll("json$", "conf"));
  }
}
