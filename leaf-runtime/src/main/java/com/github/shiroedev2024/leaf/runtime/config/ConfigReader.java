package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.Problem;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one door to configurations. Whatever the input, it answers a {@link ConfigResult} and throws
 * nothing; all problems are told at once. Thread-safe; reads nothing but the named file.
 */
public final class ConfigReader {
  /** The name of the built-in configuration in messages. */
  public static final String EMBEDDED = "<embedded>";

  private ConfigReader() {}

  /**
   * Reads a file, whose extension tells the format: exactly {@code .conf} or {@code .json}.
   *
   * @param env the process environment, from which options are taken
   */
  public static ConfigResult read(Path file, Map<String, String> env) {
    Problems problems = new Problems();
    Path last = file.getFileName();
    String name = last == null ? "" : last.toString();
    boolean json = name.endsWith(".json");
    if (!json && !name.endsWith(".conf")) {
      problems.error(
          new Source(file.toString(), 0, ""),
          name,
          "the extension tells no format",
          "name the file ….conf or ….json (in lower case)");
      return result(null, problems);
    }
    String text = ConfigText.read(file, problems);
    if (text == null) {
      return result(null, problems);
    }
    Path folder = file.toAbsolutePath().getParent();
    return read(text, file.toString(), folder == null ? Path.of("") : folder, json, env, problems);
  }

  /**
   * Reads a text: JSON when its first character that is not white space is an opening brace, else
   * {@code .conf}. Relative paths in it are meant from the working directory.
   *
   * @param fileName what messages call it
   * @param env the process environment, from which options are taken
   */
  public static ConfigResult read(String text, String fileName, Map<String, String> env) {
    Problems problems = new Problems();
    String checked = ConfigText.checked(text, fileName, problems);
    return checked == null
        ? result(null, problems)
        : read(
            checked, fileName, Path.of(""), checked.stripLeading().startsWith("{"), env, problems);
  }

  /** Reads the built-in configuration: SOCKS and HTTP on 127.0.0.1:1080, everything direct. */
  public static ConfigResult readEmbedded(Map<String, String> env) {
    return read(embeddedText(), EMBEDDED, env);
  }

  /** The text of the built-in configuration, a {@code .conf}. */
  public static String embeddedText() {
    try (InputStream in =
        Objects.requireNonNull(ConfigReader.class.getResourceAsStream("embedded.conf"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ConfigResult read(
      String text,
      String file,
      Path folder,
      boolean json,
      Map<String, String> env,
      Problems problems) {
    Draft draft =
        json ? JsonConfigReader.read(text, file, problems) : ConfReader.read(text, file, problems);
    return result(draft == null ? null : Assembly.of(draft, folder, env, problems), problems);
  }

  private static ConfigResult result(@Nullable LeafConfig config, Problems problems) {
    List<Problem> sorted =
        problems.all().stream().sorted(Comparator.comparingInt(p -> lineOf(p.source()))).toList();
    return new ConfigResult(problems.hasErrors() ? null : config, sorted);
  }

  /** Problems without a line come last. */
  private static int lineOf(Source source) {
    return source.line() == 0 ? Integer.MAX_VALUE : source.line();
  }
}
