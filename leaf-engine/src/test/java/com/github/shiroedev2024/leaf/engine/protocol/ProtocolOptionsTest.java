package com.github.shiroedev2024.leaf.engine.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.registry.Registry;
import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Logins;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Problem;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.Settings.Value;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import com.github.shiroedev2024.leaf.engine.spi.User;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the plain protocols read their settings, by way of the registry as the readers do. */
final class ProtocolOptionsTest {
  private final Problems problems = new Problems();

  private Settings settings(Map<String, ?> values) {
    return new Settings("part 'p'", new Source("f", 1, "p"), wrapped(values), false, problems);
  }

  private static Map<String, Value> wrapped(Map<String, ?> values) {
    Map<String, Value> wrapped = new LinkedHashMap<>();
    values.forEach((key, value) -> wrapped.put(key, wrap(value, key)));
    return wrapped;
  }

  private static Value wrap(Object value, String at) {
    Object raw = value;
    if (value instanceof List<?> list) {
      raw = list.stream().map(each -> wrap(each, at)).toList();
    } else if (value instanceof Map<?, ?> map) {
      Map<String, Value> inner = new LinkedHashMap<>();
      map.forEach((key, each) -> inner.put((String) key, wrap(each, at + "." + key)));
      raw = inner;
    }
    return new Value(raw, new Source("f", 1, at));
  }

  private static InboundType inbound(String name) {
    return Objects.requireNonNull(Registry.inbound(name));
  }

  private static OutboundType outbound(String name) {
    return Objects.requireNonNull(Registry.outbound(name));
  }

  private List<String> told() {
    return problems.all().stream().map(Problem::toString).toList();
  }

  private static String text(@Nullable Object value) {
    return String.valueOf(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks", "http", "mixed"})
  void readsUsers(String name) {
    InboundType type = inbound(name);
    PartOptions options =
        type.read(
            settings(
                Map.of(
                    "username",
                    "ann",
                    "password",
                    "hush-1",
                    "users",
                    List.of(
                        Map.of("username", "bob", "password", "hush-2", "id", "b"),
                        Map.of("username", "cid", "password", "hush-3", "uuid", "u-3"),
                        Map.of(
                            "username", "dan", "password", "hush-4", "uuid", "u-4", "id", "d")))));
    assertThat(told()).isEmpty();
    assertThat(type.userIds(options)).containsExactly("ann", "b", "u-3", "d");
    assertThat(text(options)).doesNotContain("hush");
    assertThat(type.keys()).extracting(Key::name).contains("username", "password", "users");
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks", "http", "mixed"})
  void everybodyMayComeWithoutUsers(String name) {
    InboundType type = inbound(name);
    PartOptions none = type.read(settings(Map.of()));
    assertThat(type.userIds(none)).isEmpty();
    assertThat(type.read(settings(Map.of("username", "", "password", "")))).isEqualTo(none);
    assertThat(told()).isEmpty();
  }

  @Test
  void oneWithoutTheOtherIsAnError() {
    inbound("socks").read(settings(Map.of("username", "ann")));
    inbound("http").read(settings(Map.of("password", "hush")));
    inbound("mixed").read(settings(Map.of("users", List.of(Map.of("username", "ann")))));
    assertThat(problems.all()).hasSize(3).allMatch(Problem::isError);
    assertThat(told().get(0)).contains("'username' needs a 'password'", "set both");
    assertThat(told().get(1)).contains("'password' needs a 'username'").doesNotContain("hush");
    assertThat(told().get(2)).contains("users[0]", "'username' needs a 'password'");
  }

  @Test
  void otherMistakesInUsers() {
    inbound("socks")
        .read(
            settings(
                Map.of(
                    "users",
                    List.of(
                        Map.of("username", "ann", "password", "hush"),
                        Map.of("username", "ann", "password", "hush", "name", "x"),
                        Map.of("username", "n".repeat(256), "password", "ä".repeat(128))))));
    assertThat(told())
        .anyMatch(line -> line.contains("warning") && line.contains("unknown key 'name'"))
        .anyMatch(
            line -> line.contains("error") && line.contains("two users") && line.contains("ann"))
        .anyMatch(line -> line.contains("'username' is longer than 255 bytes"))
        .anyMatch(line -> line.contains("'password' is longer than 255 bytes"))
        .noneMatch(line -> line.contains("hush"))
        .hasSize(4);
  }

  @Test
  void loginsCompareWhole() {
    Logins logins = new Logins(List.of(new User("a", "ann", "pässword", null)));
    assertThat(logins.required()).isTrue();
    assertThat(new Logins(List.of()).required()).isFalse();
    assertThat(text(logins.check("ann", "pässword".getBytes(StandardCharsets.UTF_8))))
        .isEqualTo("user a");
    for (String wrong : List.of("", "p", "password", "pässwor", "pässword ", "Pässword")) {
      assertThat(logins.check("ann", wrong.getBytes(StandardCharsets.UTF_8))).isNull();
    }
    assertThat(logins.check("ANN", "pässword".getBytes(StandardCharsets.UTF_8))).isNull();
    assertThat(logins.check("", new byte[16])).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks", "redirect"})
  void addressAndPortMustBeThere(String name) {
    OutboundType type = outbound(name);
    PartOptions good = type.read(settings(Map.of("address", "10.0.0.1", "port", 1080L)));
    assertThat(told()).isEmpty();
    assertThat(text(good)).contains("10.0.0.1");
    assertThat(type.read(settings(Map.of("address", "10.0.0.1", "port", 1080L)))).isEqualTo(good);
    type.read(settings(Map.of()));
    assertThat(told()).hasSize(2);
    type.read(settings(Map.of("address", "a", "port", 65_536L)));
    assertThat(told()).hasSize(3).last().asString().contains("'port'", "65535");
  }

  @Test
  void loginsOfASocksServer() {
    OutboundType type = outbound("socks");
    PartOptions options =
        type.read(
            settings(Map.of("address", "a", "port", 1L, "username", "ann", "password", "hush")));
    assertThat(told()).isEmpty();
    assertThat(text(options)).doesNotContain("hush");
    type.read(settings(Map.of("address", "a", "port", 1L, "password", "hush")));
    assertThat(told()).singleElement().asString().contains("warning").doesNotContain("hush");
    type.read(
        settings(Map.of("address", "a", "port", 1L, "username", "n".repeat(256), "password", "")));
    assertThat(told()).hasSize(2).last().asString().contains("longer than 255 bytes");
  }

  @Test
  void directAndDropHaveNoSettings() {
    assertThat(outbound("direct").keys()).isEmpty();
    assertThat(outbound("direct").read(settings(Map.of()))).isEqualTo(new PartOptions.None());
    assertThat(outbound("reject")).isSameAs(outbound("drop"));
    assertThat(outbound("drop").read(settings(Map.of()))).isEqualTo(new PartOptions.None());
  }
}
