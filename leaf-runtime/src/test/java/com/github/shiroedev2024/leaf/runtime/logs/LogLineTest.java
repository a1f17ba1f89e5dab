package com.github.shiroedev2024.leaf.runtime.logs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogLineTest {
  private static LoggingEvent event(String message, @Nullable Throwable thrown) {
    LoggingEvent event =
        new LoggingEvent(
            "fqcn",
            new LoggerContext().getLogger("com.github.shiroedev2024.leaf.engine.Engine"),
            Level.WARN,
            message,
            thrown,
            null);
    event.setTimeStamp(1_763_937_600_007L);
    return event;
  }

  @Test
  void hasTimeLevelTargetAndMessage() {
    assertThat(LogLine.full(event("it works", null)))
        .isEqualTo("2025-11-23T22:40:00.007Z WARN leaf.engine.Engine it works");
  }

  @Test
  void tellsTheChainOfCausesWithoutRepeatingThem() {
    Throwable thrown =
        new IllegalStateException(
            "cannot start", new IOException("port 1080 in use", new InterruptedException()));
    assertThat(LogLine.message(event("reload failed", thrown)))
        .isEqualTo("reload failed: cannot start: port 1080 in use: InterruptedException");
    Throwable repeating = new IOException("refused: host", new IOException("refused"));
    assertThat(LogLine.message(event("dial", repeating))).isEqualTo("dial: refused: host");
    assertThat(LogLine.stackTrace(event("dial", repeating)))
        .startsWith("\n    java.io.IOException: refused: host\n")
        .contains("LogLineTest");
    assertThat(LogLine.stackTrace(event("dial", null))).isEmpty();
  }

  @Test
  void endsCirclesOfCauses() {
    IOException a = new IOException("a");
    IllegalStateException b = new IllegalStateException("b", a);
    a.initCause(b);
    assertThat(LogLine.message(event("m", a))).startsWith("m: a: b");
  }

  @Test
  void keepsAnAttackersTextInItsLine() {
    assertThat(LogLine.oneLine("a\r\nb\nc\rd\u2028e")).isEqualTo("a⏎b⏎c⏎d⏎e");
    assertThat(LogLine.oneLine("\nbreaks around\n\n")).isEqualTo("breaks around");
    assertThat(LogLine.oneLine("\u001b[31;1mred\u001b[0m \u001b]0;title\u0007"))
        .isEqualTo("red ]0;title\ufffd");
    assertThat(LogLine.oneLine("tab\there\u0000\u009b")).isEqualTo("tab here\ufffd\ufffd");
    assertThat(LogLine.oneLine("\u202egnp.exe")).isEqualTo("\ufffdgnp.exe");
    assertThat(LogLine.oneLine("🍃 日本 \ud800")).isEqualTo("🍃 日本 \ufffd");
    assertThat(LogLine.oneLine("x\u001b[")).isEqualTo("x");
  }

  @Test
  void masksUuidsAndPasswordsOfUrls() {
    assertThat(LogLine.oneLine("user 550e8400-e29b-41d4-a716-446655440000 in"))
        .isEqualTo("user ******** in");
    assertThat(LogLine.oneLine("550E8400E29B41D4A716446655440000")).isEqualTo("********");
    assertThat(LogLine.oneLine("id=550e8400-e29b-41d4-a716-446655440000abc"))
        .isEqualTo("id=********abc");
    assertThat(LogLine.oneLine("aa550e8400-e29b-41d4-a716-446655440000.")).isEqualTo("aa********.");
    String sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assertThat(LogLine.oneLine(sha256)).isEqualTo(sha256);
    assertThat(LogLine.oneLine("2001-db8-dead-beef dead-beef-cafe-0000-111122223333-4444"))
        .isEqualTo("2001-db8-dead-beef dead-beef-cafe-0000-111122223333-4444");
    assertThat(LogLine.oneLine("via socks5://me:s3cret@host:1 and http://host/a@b"))
        .isEqualTo("via socks5://********@host:1 and http://host/a@b");
    assertThat(LogLine.oneLine("ss://a:b@c@host")).isEqualTo("ss://********@host");
  }

  @Test
  void cutsHugeMessages() {
    assertThat(LogLine.oneLine("x".repeat(1 << 20))).hasSize(LogLine.MAX_MESSAGE).endsWith("x…");
    assertThat(LogLine.oneLine("🍃".repeat(1 << 18)))
        .hasSizeLessThanOrEqualTo(LogLine.MAX_MESSAGE)
        .endsWith("🍃…");
  }

  @Test
  void isOneVisibleLineWhateverComesIn() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String tricky = "\r\n\u001b[0m\u0085\u2028\t -abcdef0123456789://@\ud83c\udf43\ud800";
    for (int run = 0; run < 5000; run++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(80); i > 0; i--) {
        text.append(
            random.nextInt(3) == 0
                ? (char) random.nextInt(0x10000)
                : tricky.charAt(random.nextInt(tricky.length())));
      }
      String line = LogLine.full(event(text.toString(), null));
      assertThat(line).as("seed %d", seed).startsWith("2025-11-23T22:40:00.007Z WARN leaf.");
      assertThat(line.lines().count()).as("seed %d", seed).isEqualTo(1);
      assertThat(line.codePoints().filter(c -> Character.isISOControl(c) || c == 0x2028).count())
          .as("seed %d", seed)
          .isZero();
    }
  }
}
