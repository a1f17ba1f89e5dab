package com.github.shiroedev2024.leaf.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.Await;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher's AOT cache, with a program of two lines: it must never show in what is run. */
@Tag("slow")
class AotCacheTest {
  private static final Path SCRIPT = Path.of("..", "build", "aot").toAbsolutePath().normalize();
  private static final FileTime SOME_TIME = FileTime.fromMillis(1_700_000_000_000L);
  private static final String FLAGS = "-XX:+UseSerialGC -XX:+UseCompactObjectHeaders";

  /** What the launcher does: the cache that fits, made if nobody has tried, is used. */
  private static final String RUN =
      """
      aot_find "$app" "$java" "$flags"
      if [ -z "${aot_cache+set}" ]; then
        echo making
        aot_make "$app" "$java" "$flags" "$aot_name" -cp "$app/hello.jar" "$class"
        aot_find "$app" "$java" "$flags"
      fi
      echo "cache ${aot_cache:+yes}"
      "$java/bin/java" $flags ${aot_cache:+-XX:AOTCache="$aot_cache" -XX:AOTMode=on} -cp "$app/hello.jar" Hello
      """;

  private static final String FIND =
      """
      aot_find "$app" "$java" "$flags"
      echo "cache ${aot_cache-unknown}"
      """;

  @TempDir Path folder;
  private Path app = Path.of("");
  private Path jar = Path.of("");

  @BeforeEach
  void place() throws IOException {
    app = Files.createDirectory(folder.resolve("an app"));
    jar = app.resolve("hello.jar");
  }

  @Test
  void aClassThatChangedInPlaceIsTheOneThatRuns() throws Exception {
    program("one");
    assertThat(sh(RUN, FLAGS)).containsExactly("making", "cache yes", "one");
    Path facts = jar.resolveSibling("aot.facts");
    Await.until(
        "what the file system tells is trusted, as it is older than a tick",
        () -> lines(FIND, FLAGS).size() == 1 && Files.exists(facts));
    assertThat(sh(RUN, FLAGS)).containsExactly("cache yes", "one");

    long size = Files.size(jar);
    program("two");
    assertThat(jar).hasSize(size);
    assertThat(Files.getLastModifiedTime(jar)).isEqualTo(SOME_TIME);

    assertThat(sh(FIND, FLAGS)).containsExactly("cache unknown");
    assertThat(sh(RUN, FLAGS)).containsExactly("making", "cache yes", "two");
  }

  @Test
  void withoutTheFileSystemsWordContentsDecide() throws Exception {
    program("one");
    assertThat(sh(RUN, FLAGS)).containsExactly("making", "cache yes", "one");

    Files.deleteIfExists(jar.resolveSibling("aot.facts"));
    String noStat = "stat() { return 1; }\n";
    assertThat(sh(noStat + RUN, FLAGS)).containsExactly("cache yes", "one");
    program("two");
    assertThat(sh(noStat + FIND, FLAGS)).containsExactly("cache unknown");
  }

  @Test
  void aCacheOfOtherFlagsIsNotUsed() throws Exception {
    program("one");
    assertThat(sh(RUN, FLAGS)).containsExactly("making", "cache yes", "one");

    assertThat(sh(FIND, "-XX:+UseSerialGC")).containsExactly("cache unknown");
    assertThat(sh(FIND, FLAGS)).element(0).asString().endsWith(".aot");
  }

  @Test
  void aRehearsalThatFailsIsToldOnceAndNotTriedAgain() throws Exception {
    program("one");
    String failing = RUN.replace("\"$class\"", "NoSuchClass");
    assertThat(sh(failing, FLAGS)).containsExactly("making", "cache ", "one");
    assertThat(sh(failing, FLAGS)).containsExactly("cache ", "one");
    assertThat(jar.resolveSibling("aot.log")).content().contains("NoSuchClass");
    try (Stream<Path> left = Files.list(app)) {
      assertThat(left).noneMatch(file -> file.toString().endsWith(".new"));
    }
  }

  /** A jar whose program prints this word, always of the same time and length. */
  private void program(String word) throws IOException {
    Path source = folder.resolve("Hello.java");
    Files.writeString(
        source,
        "class Hello { public static void main(String[] a) { System.out.println(\"%s\"); } }"
            .formatted(word));
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", folder.toString(), source.toString());
    assertThat(compiled).isZero();
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      byte[] code = Files.readAllBytes(folder.resolve("Hello.class"));
      CRC32 sum = new CRC32();
      sum.update(code);
      JarEntry entry = new JarEntry("Hello.class");
      entry.setMethod(JarEntry.STORED); // compressed, another word may be of another length
      entry.setSize(code.length);
      entry.setCrc(sum.getValue());
      entry.setLastModifiedTime(SOME_TIME);
      out.putNextEntry(entry);
      out.write(code);
    }
    Files.setLastModifiedTime(jar, SOME_TIME);
  }

  private List<String> lines(String script, String flags) {
    try {
      return sh(script, flags);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private List<String> sh(String script, String flags) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-eu", "-c", ". \"$script\"; set +e\n" + script)
            .redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "script", SCRIPT.toString(),
                "app", app.toString(),
                "java", System.getProperty("java.home"),
                "flags", flags,
                "class", "Hello"));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output.lines().toList();
  }
}
