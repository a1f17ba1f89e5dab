package com.github.shiroedev2024.leaf.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.registry.Registry;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions.Option;
import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * The tables of docs/configuration.md are those of the code; {@code -Dleaf.golden.update=true}
 * writes them.
 */
class ConfigurationDocsTest {
  private static final Path PAGE = Path.of("..", "docs", "configuration.md");

  @Test
  void listsEveryOption() throws IOException {
    StringJoiner table = table("| key | environment | default | meaning |");
    for (Option<?> option : EngineOptions.all()) {
      table.add(
          "| `%s` | `%s` | %s | %s |"
              .formatted(option.key(), option.env(), fallback(option), option.meaning()));
    }
    check("options", table.toString());
  }

  @Test
  void listsEveryNameWithoutEffect() throws IOException {
    StringJoiner names = new StringJoiner("`, `", "`", "`.");
    FutureOptions.names().forEach(names::add);
    check("future", names.toString());
  }

  @Test
  void listsEveryInbound() throws IOException {
    check(
        "inbounds",
        types(
            Registry.inbounds(),
            InboundType::name,
            InboundType::aliases,
            InboundType::keys,
            Registry.inboundsNotYet()));
  }

  @Test
  void listsEveryOutbound() throws IOException {
    check(
        "outbounds",
        types(
            Registry.outbounds(),
            OutboundType::name,
            OutboundType::aliases,
            OutboundType::keys,
            Registry.outboundsNotYet()));
  }

  private static <T> String types(
      List<T> built,
      Function<T, String> name,
      Function<T, List<String>> aliases,
      Function<T, List<Key>> keys,
      List<T> notYet) {
    StringJoiner table = table("| type | key | default | meaning |");
    for (T type : built) {
      List<String> words = new ArrayList<>(List.of(name.apply(type)));
      words.addAll(aliases.apply(type));
      String word = "`" + String.join("`, `", words) + "`";
      if (keys.apply(type).isEmpty()) {
        table.add("| " + word + " | | | |");
      }
      for (Key key : keys.apply(type)) {
        table.add(
            "| %s | `%s` | %s | %s |".formatted(word, key.name(), key.fallback(), key.meaning()));
        word = "";
      }
    }
    StringJoiner others = new StringJoiner("`, `", "\n\nNot supported yet: `", "`.");
    notYet.stream().map(name).sorted().forEach(others::add);
    return table.toString().replace("|  |", "| |") + others;
  }

  private static StringJoiner table(String head) {
    return new StringJoiner("\n", head + "\n" + head.replaceAll("[^|]+", "---") + "\n", "");
  }

  private static String fallback(Option<?> option) {
    return switch (option.fallback()) {
      case Duration d when option.meaning().startsWith("ms ") -> d.toMillis() + " ms";
      case Duration d -> d.toSeconds() + " s";
      case List<?> list when list.isEmpty() -> "none";
      case Enum<?> e -> e.name().toLowerCase(Locale.ROOT).replace('_', '-');
      default -> option.fallback().toString();
    };
  }

  private static void check(String block, String expected) throws IOException {
    String page = Files.readString(PAGE);
    String begin = "<!-- " + block + " -->\n";
    int from = page.indexOf(begin);
    assertThat(from).as("the mark " + begin).isPositive();
    from += begin.length();
    int to = page.indexOf("<!-- end -->", from);
    if (Boolean.getBoolean("leaf.golden.update")) {
      Files.writeString(PAGE, page.substring(0, from) + expected + "\n" + page.substring(to));
      return;
    }
    assertThat(page.substring(from, to).strip()).isEqualTo(expected);
  }
}
