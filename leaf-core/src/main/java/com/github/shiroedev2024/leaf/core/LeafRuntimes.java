package com.github.shiroedev2024.leaf.core;

import com.github.shiroedev2024.leaf.core.cli.Runtimes;
import com.github.shiroedev2024.leaf.core.cli.StartOptions;
import com.github.shiroedev2024.leaf.core.process.LeafStarter;
import com.github.shiroedev2024.leaf.engine.spi.Problem;
import com.github.shiroedev2024.leaf.runtime.ConfigSource;
import com.github.shiroedev2024.leaf.runtime.LeafRuntime;
import com.github.shiroedev2024.leaf.runtime.RuntimeFace;
import com.github.shiroedev2024.leaf.runtime.RuntimeSettings;
import com.github.shiroedev2024.leaf.runtime.RuntimeStartException;
import com.github.shiroedev2024.leaf.runtime.config.ConfigReader;
import com.github.shiroedev2024.leaf.runtime.config.ConfigResult;
import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import com.github.shiroedev2024.leaf.runtime.control.Replies.ConfigProblem;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Health;
import com.github.shiroedev2024.leaf.runtime.prefs.LeafPreferences;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

/** Wires the commands to the runtime and its API. */
final class LeafRuntimes implements Runtimes {
  @Override
  public LeafStarter starter(StartOptions options) {
    return new RuntimeStarter(options);
  }

  @Override
  public List<ConfigProblem> test(Path file, Map<String, String> environment) {
    return problems(ConfigReader.read(file, environment));
  }

  static ConfigSource source(StartOptions options) {
    Path file = options.configuration();
    return file == null
        ? new ConfigSource.Text(ConfigReader.EMBEDDED, ConfigReader.embeddedText())
        : new ConfigSource.File(file);
  }

  static List<ConfigProblem> problems(ConfigResult result) {
    return result.problems().stream().map(LeafRuntimes::problem).toList();
  }

  private static ConfigProblem problem(Problem problem) {
    return new ConfigProblem(
        problem.isError() ? "error" : "warning",
        problem.source().file(),
        problem.source().line(),
        problem.source().path(),
        problem.text(),
        problem.message(),
        problem.remedy());
  }

  @Override
  public Health probe(StartOptions options, String tag, Duration timeout) {
    Path folder = temporaryFolder();
    RuntimeSettings settings =
        new RuntimeSettings(
            source(options),
            options.environment(),
            folder,
            LeafPreferences::defaults,
            null,
            null,
            null,
            1,
            false,
            timeout,
            RuntimeFace.NONE);
    try (LeafRuntime runtime = LeafRuntime.start(settings)) {
      return runtime.control().health(tag).join();
    } catch (RuntimeStartException e) {
      throw new ControlException(ControlException.Kind.FAILED, String.valueOf(e.getMessage()), e);
    } catch (CompletionException e) {
      if (e.getCause() instanceof ControlException refused) {
        throw refused;
      }
      throw e;
    } finally {
      delete(folder);
    }
  }

  /** A probe must not touch what a running core remembers. */
  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("leaf-probe");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path folder) {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                Path visited, @org.jspecify.annotations.Nullable IOException failure)
                throws IOException {
              Files.delete(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
