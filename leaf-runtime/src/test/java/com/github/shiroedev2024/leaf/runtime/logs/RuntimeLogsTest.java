package com.github.shiroedev2024.leaf.runtime.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.runtime.logs.LogSettings.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

class RuntimeLogsTest {
  private static final LogSettings MEMORY = LogSettings.DEFAULT.withMemory(true);

  private final ByteArrayOutputStream console = new ByteArrayOutputStream();

  private List<String> written() {
    return console.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static List<String> kept(RuntimeLogs logs) {
    return logs.ring().page(1000, 0).messages();
  }

  private static LogSettings to(Path file, Format format) {
    return new LogSettings(LogLevel.INFO, file, format, true, 1 << 20);
  }

  @Test
  void writesLinesOfTheLevelAndAbove() throws IOException {
    try (RuntimeLogs logs = RuntimeLogs.open(MEMORY.withLevel(LogLevel.WARN), console)) {
      Logger logger = logs.loggers().getLogger("a.b");
      logger.info("not this");
      logger.warn("this {}", 1);
      logger.error("and this", new IOException("because"));
      assertThat(kept(logs)).hasSize(2);
      assertThat(kept(logs).get(0)).endsWith("Z WARN a.b this 1");
      assertThat(kept(logs).get(1)).endsWith("Z ERROR a.b and this: because");
    }
    assertThat(written()).hasSize(2);
  }

  @Test
  void noneLogsNothing() throws IOException {
    try (RuntimeLogs logs = RuntimeLogs.open(MEMORY.withLevel(LogLevel.NONE), console)) {
      logs.loggers().getLogger("a").error("x");
      assertThat(kept(logs)).isEmpty();
    }
    assertThat(written()).isEmpty();
  }

  @Test
  void addsStackTracesToTheOutputWhenDebugging() throws IOException {
    try (RuntimeLogs logs = RuntimeLogs.open(MEMORY.withLevel(LogLevel.DEBUG), console)) {
      logs.loggers().getLogger("a").warn("x", new IOException("y"));
      assertThat(kept(logs)).hasSize(1);
    }
    assertThat(written()).hasSizeGreaterThan(2);
    assertThat(written().get(1)).isEqualTo("    java.io.IOException: y");
  }

  @Test
  void memoryIsOffUnlessAskedFor() throws IOException {
    try (RuntimeLogs logs = RuntimeLogs.open(LogSettings.DEFAULT, console)) {
      logs.loggers().getLogger("a").error("x");
      assertThat(kept(logs)).isEmpty();
    }
    assertThat(written()).hasSize(1);
  }

  @Test
  void appendsToAFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("leaf.log");
    Files.writeString(file, "before\n");
    try (RuntimeLogs logs = RuntimeLogs.open(to(file, Format.COMPACT), console)) {
      logs.loggers().getLogger("a").info("two\nlines");
      assertThat(kept(logs).getFirst()).endsWith("INFO a two⏎lines");
    }
    assertThat(Files.readString(file)).isEqualTo("before\ntwo⏎lines\n");
    assertThat(written()).isEmpty();
  }

  @Test
  void aFileThatCannotBeOpenedNamesItAndTheCause(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("no/leaf.log");
    assertThatThrownBy(() -> RuntimeLogs.open(to(missing, Format.FULL), console))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot open log file '" + missing + "': No such file or directory");
    try (RuntimeLogs logs = RuntimeLogs.open(MEMORY, console)) {
      assertThatThrownBy(() -> logs.change(to(folder, Format.FULL)))
          .hasMessage("cannot open log file '" + folder + "': Is a directory");
      logs.loggers().getLogger("a").info("goes on");
      assertThat(logs.settings()).isEqualTo(MEMORY);
    }
    assertThat(written()).hasSize(1);
  }

  @Test
  void settingsChangeWithoutLosingTheRing(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("leaf.log");
    try (RuntimeLogs logs = RuntimeLogs.open(MEMORY, console)) {
      Logger logger = logs.loggers().getLogger("a");
      logger.info("one");
      logs.change(to(file, Format.FULL));
      logger.info("two");
      logs.change(MEMORY.withLevel(LogLevel.ERROR));
      logger.info("dropped");
      logger.error("three");
      assertThat(kept(logs))
          .satisfiesExactly(
              line -> assertThat(line).endsWith("one"),
              line -> assertThat(line).endsWith("two"),
              line -> assertThat(line).endsWith("three"));
      logs.change(MEMORY.withMemory(false));
      assertThat(kept(logs)).isEmpty();
    }
    assertThat(Files.readAllLines(file)).singleElement().asString().endsWith("INFO a two");
    assertThat(written()).hasSize(2);
  }

  @Test
  void preparedSettingsThatAreNotAppliedChangeNothing(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("leaf.log");
    try (RuntimeLogs logs = RuntimeLogs.open(MEMORY, console)) {
      logs.prepare(to(file, Format.FULL)).close();
      logs.loggers().getLogger("a").info("here");
    }
    assertThat(Files.readString(file)).isEmpty();
    assertThat(written()).hasSize(1);
  }

  @Test
  void twoRuntimesDoNotKnowOfEachOther() throws IOException {
    try (RuntimeLogs one = RuntimeLogs.open(MEMORY, console);
        RuntimeLogs two = RuntimeLogs.open(MEMORY, console)) {
      one.loggers().getLogger("a").info("x");
      assertThat(kept(one)).hasSize(1);
      assertThat(kept(two)).isEmpty();
    }
  }

  @Test
  void closingTwiceIsHarmlessAndLaterMessagesGoNowhere() throws IOException {
    RuntimeLogs logs = RuntimeLogs.open(MEMORY, console);
    Logger logger = logs.loggers().getLogger("a");
    logger.info("x");
    logs.close();
    logs.close();
    logger.info("y");
    logs.change(MEMORY);
    logger.info("z");
    assertThat(written()).hasSize(1);
  }

  @Test
  void aStuckOutputLosesLinesButHoldsNobodyUp() throws IOException {
    CountDownLatch free = new CountDownLatch(1);
    OutputStream stuck =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new AssertionError("written in one piece");
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
              free.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            console.write(bytes, offset, length);
          }
        };
    int sent = 0;
    try (RuntimeLogs logs = RuntimeLogs.open(LogSettings.DEFAULT, stuck)) {
      Logger logger = logs.loggers().getLogger("a");
      String kilobyte = "x".repeat(1000);
      for (; sent < 3000; sent++) {
        logger.info(kilobyte);
      }
      free.countDown();
      while (console.size() < LogOutput.MAX_QUEUED / 2) {
        Thread.onSpinWait();
      }
      logger.info("again");
    }
    List<String> lines = written();
    assertThat(lines.getLast()).endsWith("again");
    assertThat(lines.get(lines.size() - 2)).matches("\\d+ log lines lost: the output is too slow");
    int lost = Integer.parseInt(lines.get(lines.size() - 2).split(" ", 2)[0]);
    assertThat(lines.size() - 2 + lost).isEqualTo(sent);
  }

  @Test
  void anOutputThatFailsIsToldOnceInTheRing() throws IOException {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    RuntimeLogs logs = RuntimeLogs.open(MEMORY, full);
    Logger logger = logs.loggers().getLogger("a");
    logger.info("x");
    while (kept(logs).size() < 2) {
      Thread.onSpinWait();
    }
    logger.info("y");
    logs.close();
    assertThat(kept(logs)).hasSize(3);
    assertThat(kept(logs).get(1))
        .endsWith(
            "ERROR leaf.runtime.logs.RuntimeLogs cannot write the log to standard output:"
                + " No space left on device; its lines are lost");
  }
}
