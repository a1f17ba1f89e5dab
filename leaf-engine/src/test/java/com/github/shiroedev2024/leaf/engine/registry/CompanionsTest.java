package com.github.shiroedev2024.leaf.engine.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.FuzzTargets;
import com.github.shiroedev2024.leaf.testkit.FuzzTargets.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every type in the registry comes with: a page of its configuration, and a fuzz target. */
class CompanionsTest {
  private static final Path PAGES = Path.of("../docs/config");
  private static final String GROUPS = "com.github.shiroedev2024.leaf.engine.group.";

  /** They read nothing that somebody sends them: bytes pass as they are, or not at all. */
  private static final Set<String> DECODE_NOTHING = Set.of("direct", "drop", "redirect");

  /** A type by its name, with the package that it and its fuzz target are in. */
  record Type(String name, String packageName) {
    static Type of(String name, Object type) {
      return new Type(name, type.getClass().getPackageName());
    }

    boolean isGroup() {
      return packageName.startsWith(GROUPS);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Type> types() {
    List<Type> types = new ArrayList<>();
    Registry.inbounds().forEach(type -> types.add(Type.of(type.name(), type)));
    Registry.outbounds().forEach(type -> types.add(Type.of(type.name(), type)));
    return types.stream().distinct().toList();
  }

  static Stream<Type> decoders() {
    return types().stream()
        .filter(type -> !type.isGroup() && !DECODE_NOTHING.contains(type.name()));
  }

  @ParameterizedTest
  @MethodSource("types")
  void hasAPage(Type type) throws IOException {
    Path page = PAGES.resolve((type.isGroup() ? "groups" : type.name()) + ".md");
    assertThat(page)
        .as(
            "'%s' is registered and has no page of its configuration: write docs/config/%s.md"
                + " (keys, an example of each format); see docs/adding-a-protocol.md, 'What comes"
                + " with it'",
            type.name(), type.name())
        .isRegularFile();
    assertThat(Files.readAllLines(page))
        .as("%s must have a heading that names '%s'", page, type.name())
        .anyMatch(line -> line.matches("#+ (.*, )?" + type.name() + "(, .*)?"));
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void hasAFuzzTarget(Type type) throws IOException {
    assertThat(FuzzTargets.all())
        .as(
            "'%s' is registered and has no fuzz target: add one to package %s, for what it reads"
                + " from clients and from servers, with its inputs and its row in docs/fuzzing.md,"
                + " which says how; a type that decodes nothing is named in"
                + " CompanionsTest.DECODE_NOTHING",
            type.name(), type.packageName())
        .anyMatch(target -> packageOf(target).equals(type.packageName()));
  }

  private static String packageOf(Target target) {
    return target.className().substring(0, target.className().lastIndexOf('.'));
  }
}
