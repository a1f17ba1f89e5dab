package com.github.shiroedev2024.leaf.runtime.prefs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SelectionStoreTest {
  private final LoggerContext logs = new LoggerContext();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.setContext(logs);
    lines.start();
    logs.getLogger("ROOT").addAppender(lines);
  }

  private SelectionStore store(Path folder) {
    return new SelectionStore(folder, logs);
  }

  private List<String> warnings() {
    return lines.list.stream()
        .filter(e -> e.getLevel().isGreaterOrEqual(Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void remembersOverARestart(@TempDir Path home) throws IOException {
    Path folder = home.resolve("not/yet/there");
    try (SelectionStore store = store(folder)) {
      assertThat(store.selected("OUT")).isNull();
      store.select("OUT", "us-1");
      store.select("グループ 🚀", "日本");
      store.select("OUT", "us-2");
      assertThat(store.selected("OUT")).isEqualTo("us-2");
    }
    try (SelectionStore store = store(folder)) {
      assertThat(store.selected("OUT")).isEqualTo("us-2");
      assertThat(store.selected("グループ 🚀")).isEqualTo("日本");
    }
    assertThat(files(folder)).containsExactly("selector.cache");
    assertThat(warnings()).isEmpty();
  }

  @Test
  void writesSoonWithoutBeingClosed(@TempDir Path folder) {
    SelectionStore store = store(folder);
    store.select("G", "a");
    Await.until("it is on the disk", () -> "a".equals(store(folder).selected("G")));
    store.select("G", "b");
    Await.until("it is on the disk", () -> "b".equals(store(folder).selected("G")));
    store.close();
    store.close();
  }

  @Test
  void manyThreadsMaySelect(@TempDir Path folder) throws InterruptedException {
    SelectionStore store = store(folder);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      String group = "g" + t;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i <= 200; i++) {
                      store.select(group, "m" + i);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    store.close();
    SelectionStore again = store(folder);
    for (int t = 0; t < 8; t++) {
      assertThat(again.selected("g" + t)).isEqualTo("m200");
    }
  }

  @Test
  void putsADamagedFileAside(@TempDir Path folder) throws IOException {
    byte[] damaged = "not a selections file".getBytes(StandardCharsets.US_ASCII);
    Files.write(folder.resolve("selector.cache"), damaged);
    try (SelectionStore store = store(folder)) {
      assertThat(store.selected("G")).isNull();
      assertThat(warnings())
          .singleElement()
          .asString()
          .contains("selector.cache is damaged")
          .contains("kept as selector.cache.bad");
      store.select("G", "a");
    }
    assertThat(files(folder)).containsExactly("selector.cache", "selector.cache.bad");
    assertThat(folder.resolve("selector.cache.bad")).hasBinaryContent(damaged);
    assertThat(store(folder).selected("G")).isEqualTo("a");
  }

  @Test
  void aFolderThatCannotBeWrittenCostsAWarning(@TempDir Path home) throws IOException {
    Path file = Files.createFile(home.resolve("file"));
    SelectionStore store = store(file);
    store.select("G", "a");
    store.close();
    assertThat(store.selected("G")).isEqualTo("a");
    Await.until(
        "it is told",
        () -> warnings().stream().anyMatch(w -> w.contains("cannot remember the selections")));
  }

  @Test
  void forgetsTheOldestChoiceWhenThereAreTooMany(@TempDir Path folder) {
    try (SelectionStore store = store(folder)) {
      for (int i = 0; i < SelectionStore.MAX_GROUPS; i++) {
        store.select("g" + i, "a");
      }
      store.select("g0", "b");
      store.select("one more", "a");
      assertThat(store.selected("g0")).isEqualTo("b");
      assertThat(store.selected("g1")).isNull();
      assertThat(store.selected("g2")).isEqualTo("a");
    }
  }

  @Test
  void theFileIsOneProtobufMap() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("OUT", "a");
    map.put("G", "");
    String hex = "0a08" + "0a034f5554" + "120161" + "0a05" + "0a0147" + "1200";
    assertThat(HexFormat.of().formatHex(SelectionCodec.write(map))).isEqualTo(hex);
    assertThat(SelectionCodec.read(HexFormat.of().parseHex(hex))).isEqualTo(map);
  }

  @Test
  void readsWhatOtherWritersMayWrite() {
    // an empty value left out, the value first, unknown fields of every kind, a repeated group
    String hex =
        "0a03"
            + "0a0147"
            + "0a06"
            + "120162"
            + "0a0148"
            + "1005"
            + "1901020304050607"
            + "08"
            + "1d01020304"
            + "2202ffff"
            + "0a08"
            + "0a0147"
            + "120163"
            + "1801";
    assertThat(SelectionCodec.read(HexFormat.of().parseHex(hex)))
        .isEqualTo(Map.of("G", "c", "H", "b"));
    assertThat(SelectionCodec.read(new byte[0])).isEmpty();
  }

  @Test
  void refusesWhatIsCutOrWrong() {
    byte[] whole = SelectionCodec.write(Map.of("group", "member"));
    for (int length = 1; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatIllegalArgumentException().isThrownBy(() -> SelectionCodec.read(cut));
    }
    for (String hex : List.of("0b", "00", "02ff", "0a04" + "0a02fffe", "ffffffffffffffffffff01")) {
      assertThatIllegalArgumentException()
          .as(hex)
          .isThrownBy(() -> SelectionCodec.read(HexFormat.of().parseHex(hex)));
    }
  }

  @Test
  void anyMapComesBackAndAnyBytesAreRefusedOrRead() {
    Seeds.forEach(
        500,
        random -> {
          Map<String, String> map = new LinkedHashMap<>();
          for (int i = random.nextInt(20); i > 0; i--) {
            map.put("g" + random.nextInt(), "ü".repeat(random.nextInt(300)));
          }
          byte[] bytes = SelectionCodec.write(map);
          assertThat(SelectionCodec.read(bytes)).isEqualTo(map);
          byte[] noise = Seeds.bytes(random, random.nextInt(60));
          byte[] flipped = bytes.length == 0 ? noise : bytes.clone();
          if (flipped.length > 0) {
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 + random.nextInt(255));
          }
          for (byte[] each : List.of(noise, flipped)) {
            try {
              SelectionCodec.read(each);
            } catch (IllegalArgumentException e) {
              assertThat(e).hasMessageNotContaining("null");
            }
          }
        });
  }
}
