package com.github.shiroedev2024.leaf.core.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.core.process.LeafStarter;
import com.github.shiroedev2024.leaf.runtime.control.Replies.ConfigProblem;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Health;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Only the commands that a line names are made: none may be missed where others are told of. */
class CliTest {
  private final StringWriter output = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"", "--help", "-h", "-Vh", "-c x --help", "--help run"})
  void helpListsEveryCommand(String line) {
    int code = leaf(line);
    assertThat(code).isZero();
    assertThat(output.toString())
        .containsSubsequence(
            "run", "test", "node", "cert", "core", "start", "stop", "reload", "status", "ping",
            "ctl", "version");
  }

  @ParameterizedTest
  @ValueSource(strings = {"statos", "-c x statos"})
  void aWrongWordIsToldWithTheCommandsThatAreNear(String line) {
    assertThat(leaf(line)).isEqualTo(ExitCodes.USAGE);
    assertThat(output.toString()).contains("statos").contains("did you mean: ").contains("status");
  }

  @Test
  void aWrongFlagOfACommandIsToldByThatCommand() {
    assertThat(leaf("run --bogus")).isEqualTo(ExitCodes.USAGE);
    assertThat(output.toString()).containsOnlyOnce("--bogus").contains("'leaf run --help'");
  }

  @Test
  void aCommandBelowAnotherIsFound() {
    assertThat(leaf("ctl outbounds --help")).isZero();
    assertThat(output.toString()).contains("leaf ctl outbounds");
  }

  private int leaf(String line) {
    PrintWriter writer = new PrintWriter(output, true);
    return Cli.run(
        new Console(writer, writer, Map.of()),
        new NoRuntimes(),
        line.isEmpty() ? new String[0] : line.split(" ", -1));
  }

  /** None of the lines comes that far. */
  private static final class NoRuntimes implements Runtimes {
    @Override
    public LeafStarter starter(StartOptions options) {
      throw new AssertionError();
    }

    @Override
    public List<ConfigProblem> test(Path file, Map<String, String> environment) {
      throw new AssertionError();
    }

    @Override
    public Health probe(StartOptions options, String tag, Duration timeout) {
      throw new AssertionError();
    }
  }
}
