package com.github.shiroedev2024.leaf.testkit;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The fuzz targets of a module: its test classes named {@code …Fuzz}, each with a method {@code
 * fuzzerTestOneInput(byte[])} and a folder of inputs, {@code src/test/resources/PACKAGE/NAMEInputs}
 * (see docs/fuzzing.md).
 */
public final class FuzzTargets {
  private static final Path SOURCES = Path.of("src/test/java");

  /** Keeps what is logged of millions of inputs out of the log of the fuzzer. */
  private static final String SILENCE = "com/github/shiroedev2024/leaf/testkit/silent-logback.xml";

  private static final Path ROOT = Path.of("..");
  private static final Path RESOURCES = Path.of("src/test/resources");

  private FuzzTargets() {}

  /** A target by its class's name. */
  public record Target(String className) {
    /** The folder of its inputs. */
    public Path inputs() {
      return RESOURCES.resolve(className.replace('.', '/') + "Inputs");
    }

    /** Its inputs; there must be some. */
    public List<Path> files() throws IOException {
      if (!Files.isDirectory(inputs())) {
        throw new AssertionError(className + " has no inputs in " + inputs());
      }
      try (Stream<Path> files = Files.list(inputs())) {
        return files.sorted().toList();
      }
    }

    /** Runs it on one input, as the fuzzer does. */
    public void run(byte[] input) throws Throwable {
      Method method = Class.forName(className).getMethod("fuzzerTestOneInput", byte[].class);
      try {
        method.invoke(null, (Object) input);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }

    /**
     * Fuzzes it in a JVM of its own, which is where Jazzer's instrumentation belongs. New inputs
     * that reach new code go to {@code target/fuzz}; one that fails is kept among the inputs.
     *
     * @param seconds how long
     */
    public void fuzz(int seconds) throws IOException, InterruptedException {
      Path corpus = Path.of("target/fuzz", simpleName());
      Files.createDirectories(corpus);
      Path log = corpus.resolveSibling(simpleName() + ".log");
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+EnableDynamicAgentLoading",
                  "--enable-native-access=ALL-UNNAMED",
                  "--sun-misc-unsafe-memory-access=allow",
                  "-XX:+UseSerialGC",
                  "-Xmx512m",
                  "-Xss1m",
                  "-Dlogback.configurationFile=" + SILENCE,
                  "-cp",
                  classPath(),
                  "com.code_intelligence.jazzer.Jazzer",
                  "--target_class=" + className,
                  "--instrumentation_includes=com.github.shiroedev2024.leaf.**",
                  "--custom_hook_includes=com.github.shiroedev2024.leaf.**",
                  "--reproducer_path=" + corpus.toAbsolutePath().getParent(),
                  "-artifact_prefix=" + inputs().toAbsolutePath() + File.separator,
                  "-max_total_time=" + seconds,
                  "-timeout=10",
                  "-rss_limit_mb=0",
                  "-print_final_stats=1",
                  corpus.toString(),
                  inputs().toString()));
      Process fuzzer =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        int status = fuzzer.waitFor();
        if (status != 0) {
          throw new AssertionError(
              className + " ended with status " + status + ":\n" + Files.readString(log));
        }
      } finally {
        fuzzer.destroy();
      }
    }

    /** Without JUnit, which Jazzer would otherwise start, and in a version it does not know. */
    private static String classPath() {
      return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
          .filter(part -> !Path.of(part).getFileName().toString().startsWith("junit-"))
          .collect(Collectors.joining(File.pathSeparator));
    }

    public String simpleName() {
      return className.substring(className.lastIndexOf('.') + 1);
    }

    @Override
    public String toString() {
      return simpleName();
    }
  }

  /** The targets of the module whose tests run, in the order of their names. */
  public static List<Target> all() throws IOException {
    return in(Path.of(""));
  }

  private static List<Target> in(Path module) throws IOException {
    Path sources = module.resolve(SOURCES);
    if (!Files.isDirectory(sources)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(sources)) {
      return files
          .map(f -> sources.relativize(f).toString())
          .filter(f -> f.endsWith("Fuzz.java"))
          .map(f -> new Target(f.substring(0, f.length() - 5).replace(File.separatorChar, '.')))
          .sorted(Comparator.comparing(Target::simpleName))
          .toList();
    }
  }

  /** The names of the targets of all modules, in order. */
  public static List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path module : modules.toList()) {
        in(module).forEach(target -> names.add(target.simpleName()));
      }
    }
    names.sort(Comparator.naturalOrder());
    return names;
  }

  /**
   * Those of this module that {@code -Dfuzz.target} names, which may be none; all when it is not
   * given. A name that no module has is an error.
   */
  public static List<Target> chosen() throws IOException {
    String name = System.getProperty("fuzz.target", "");
    if (name.isEmpty()) {
      return all();
    }
    List<String> names = names();
    if (!names.contains(name)) {
      throw new AssertionError(
          "-Dfuzz.target: there is no fuzz target '"
              + name
              + "'; there are "
              + String.join(", ", names));
    }
    return all().stream().filter(target -> target.simpleName().equals(name)).toList();
  }

  /** How long each is fuzzed: {@code -Dfuzz.seconds}, 120 when it is not given. */
  public static int seconds() {
    String text = System.getProperty("fuzz.seconds", "120");
    if (!text.matches("[1-9][0-9]{0,5}")) {
      throw new AssertionError(
          "-Dfuzz.seconds: '" + text + "' is no number of seconds from 1 to 999999");
    }
    return Integer.parseInt(text);
  }
}
