package com.github.shiroedev2024.leaf.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.github.shiroedev2024.leaf.testkit.Seeds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is read, there is an answer, and an error or a configuration in it. */
class AnyInputTest {
  @TempDir Path folder;

  private static void check(ConfigResult result) {
    assertThat(result.config() == null).isEqualTo(!result.errors().isEmpty());
    for (var problem : result.problems()) {
      assertThat(problem.message()).isNotBlank();
      assertThat(problem.toString()).doesNotContain("\n");
    }
    LeafConfig config = result.config();
    if (config != null) {
      assertThat(config.engine().outbounds())
          .anyMatch(o -> o.tag().equals(config.engine().defaultOutbound()));
      ModelText.of(config);
    }
  }

  @Test
  void aKeyWithALineBreakIsToldOnOneLine() {
    ConfigResult result =
        ConfigReader.read("{\"inbounds\": [{\"a\\nb\": 1}], \"x\\ny\": 2}", "f", Map.of());
    assertThat(result.problems()).isNotEmpty();
    check(result);
  }

  @Test
  void answersToDamagedConfigurations() throws IOException {
    List<Path> files = new ArrayList<>(Corpus.files("valid"));
    files.addAll(Corpus.files("malformed"));
    List<String> texts = new ArrayList<>();
    for (Path file : files) {
      texts.add(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    }
    assertTimeoutPreemptively(
        Duration.ofMinutes(2),
        () ->
            Seeds.forEach(
                2000,
                random -> {
                  String text = Mutations.of(random, texts.get(random.nextInt(texts.size())));
                  check(ConfigReader.read(text, "f", Map.of()));
                }));
  }

  @Test
  void answersToRandomLines() {
    String[] words = {
      "[Proxy]",
      "[Proxy Group]",
      "[General]",
      "[Rule]",
      "[Env]",
      "[Host]",
      "[Certificate.a]",
      "A",
      "B",
      "C",
      "=",
      "=",
      "=",
      ",",
      ",",
      ",",
      ",",
      "direct",
      "ss",
      "trojan",
      "vmess",
      "vless",
      "socks",
      "http",
      "443",
      "a.example",
      "select",
      "failover",
      "chain",
      "static",
      "tryall",
      "ws=true",
      "amux=true",
      "tls=false",
      "reality=true",
      "obfs=http",
      "\"",
      "#",
      "\n",
      "\n",
      "\n",
      "FINAL",
      "DOMAIN",
      "IP-CIDR",
      "10.0.0.0/8",
      "PORT-RANGE",
      "1-2",
      "tun = auto",
      " "
    };
    assertTimeoutPreemptively(
        Duration.ofMinutes(2),
        () ->
            Seeds.forEach(
                2000,
                random -> {
                  StringBuilder text = new StringBuilder();
                  for (int i = random.nextInt(200); i > 0; i--) {
                    text.append(words[random.nextInt(words.length)]);
                  }
                  check(ConfigReader.read(text.toString(), "f", Map.of()));
                }));
  }

  @Test
  void answersToRandomBytes() {
    Seeds.forEach(
        500,
        random -> {
          Path file = folder.resolve(random.nextBoolean() ? "a.conf" : "a.json");
          Files.write(file, Seeds.bytes(random, random.nextInt(200)));
          check(ConfigReader.read(file, Map.of()));
        });
  }

  @Test
  void refusesAHugeFile() throws IOException {
    Path file = folder.resolve("huge.conf");
    Files.writeString(file, "#".repeat(ConfigText.MAX_BYTES + 1));
    assertThat(ConfigReader.read(file, Map.of()).errors())
        .singleElement()
        .satisfies(
            p -> assertThat(p.toString()).contains("huge.conf: error: it is larger than 16 MiB"));
  }

  @Test
  void boundsTheProblemsOfALargeFile() {
    ConfigResult result = ConfigReader.read("[Nonsense]\n".repeat(500_000), "f", Map.of());
    assertThat(result.warnings()).hasSize(1001);
    assertThat(result.warnings().getLast().toString())
        .isEqualTo("f: warning: 499001 more warnings are not shown");
  }

  @Test
  void readsAHundredThousandRulesAndGroups() {
    StringBuilder text = new StringBuilder("[Proxy]\nD = direct\n[Proxy Group]\nG0 = select, D\n");
    for (int i = 1; i < 20_000; i++) {
      text.append("G").append(i).append(" = select, G").append(i - 1).append('\n');
    }
    text.append("[Rule]\n");
    for (int i = 0; i < 100_000; i++) {
      text.append("DOMAIN-SUFFIX,a").append(i).append(".example,G").append(i % 20_000).append('\n');
    }
    ConfigResult result =
        assertTimeoutPreemptively(
            Duration.ofSeconds(60), () -> ConfigReader.read(text.toString(), "f", Map.of()));
    check(result);
    assertThat(result.errors()).isEmpty();
  }

  @Test
  void namesFilesThatCannotBeRead() throws IOException {
    Path missing = folder.resolve("none.conf");
    assertThat(ConfigReader.read(missing, Map.of()).errors())
        .singleElement()
        .satisfies(
            p ->
                assertThat(p.toString())
                    .isEqualTo(missing + ": error: there is no such file; check the path"));
    Path directory = Files.createDirectory(folder.resolve("folder.json"));
    assertThat(ConfigReader.read(directory, Map.of()).errors())
        .singleElement()
        .satisfies(p -> assertThat(p.message()).isEqualTo("it is a folder"));
  }
}
