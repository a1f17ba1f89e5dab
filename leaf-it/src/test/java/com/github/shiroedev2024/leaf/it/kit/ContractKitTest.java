package com.github.shiroedev2024.leaf.it.kit;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.sdk.contract.BadServerCases;
import com.github.shiroedev2024.leaf.sdk.contract.JsonDifferences;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** The clients of all SDKs give the same results: the expected ones. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class ContractKitTest {
  @TempDir Path folder;

  private Surroundings surroundings;
  private Scenario scenario;
  private final Map<Client, Map<String, JsonObject>> results = new EnumMap<>(Client.class);

  @BeforeAll
  void start() throws Exception {
    surroundings = Surroundings.start();
    scenario = Scenario.read();
  }

  @AfterAll
  void stop() {
    surroundings.close();
  }

  @TestFactory
  Stream<DynamicNode> clients() {
    Stream<DynamicNode> each =
        Stream.of(Client.values())
            .map(client -> DynamicContainer.dynamicContainer(client.word(), tests(client)));
    return Stream.concat(
        each, Stream.of(DynamicTest.dynamicTest("results are identical", this::compare)));
  }

  private Stream<DynamicNode> tests(Client client) {
    List<String> command;
    try {
      command = client.build();
    } catch (TestAbortedException e) {
      return Stream.of(
          DynamicTest.dynamicTest(
              "is built",
              () -> {
                throw e;
              }));
    } catch (Exception | AssertionError e) {
      return Stream.of(
          DynamicTest.dynamicTest(
              "is built",
              () -> {
                throw e;
              }));
    }
    return tests(client, (url, timeout) -> DriverProcess.start(command, url, timeout));
  }

  private Stream<DynamicNode> tests(Client client, BadServerCases.Starter starter) {
    List<DynamicNode> tests = new ArrayList<>();
    tests.add(DynamicTest.dynamicTest("the scenario", () -> play(client, starter)));
    try {
      for (BadServerCases cases : BadServerCases.all()) {
        tests.add(
            DynamicTest.dynamicTest(
                cases.name(),
                () ->
                    assertThat(cases.differences(client.word(), starter))
                        .as("differences")
                        .isEmpty()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    tests.add(DynamicTest.dynamicTest("unknown methods end it", () -> unknown(starter)));
    return tests.stream();
  }

  private void play(Client client, BadServerCases.Starter starter) throws Exception {
    Path own = Files.createDirectory(folder.resolve(client.word()));
    Map<String, JsonObject> got = scenario.play(own, surroundings, starter);
    results.put(client, got);
    List<String> differences = new ArrayList<>();
    scenario
        .expected()
        .forEach(
            (step, wanted) -> {
              if (!wanted.equals(got.get(step))) {
                differences.add(
                    "%s, '%s':%s"
                        .formatted(
                            client.word(), step, JsonDifferences.between(got.get(step), wanted)));
              }
            });
    assertThat(differences).as("differences").isEmpty();
  }

  private static void unknown(BadServerCases.Starter starter) throws Exception {
    JsonArray step = new JsonArray();
    step.add("openTheDoor");
    try (BadServerCases.Driver driver =
        starter.start("http://127.0.0.1:1", Duration.ofSeconds(1))) {
      assertThat(((DriverProcess) driver).exitCodeOf(step)).isEqualTo(2);
    }
  }

  /** Independent of what is expected: any two clients that were built say the same. */
  private void compare() {
    List<String> differences = new ArrayList<>();
    for (JsonObject step : scenario.calls()) {
      String name = Scenario.name(step);
      Map<JsonObject, List<String>> sides = new LinkedHashMap<>();
      results.forEach(
          (client, got) ->
              sides
                  .computeIfAbsent(
                      got.getOrDefault(name, new JsonObject()), result -> new ArrayList<>())
                  .add(client.word()));
      if (sides.size() > 1) {
        StringBuilder difference = new StringBuilder("'" + name + "':");
        sides.forEach(
            (result, who) -> difference.append("\n  ").append(who).append(' ').append(result));
        differences.add(difference.toString());
      }
    }
    assertThat(differences).as("steps that differ between clients").isEmpty();
    assertThat(results).as("clients that were compared").hasSizeGreaterThan(1);
  }

  @Test
  void everyMethodIsCalledWithSuccessAndFailure() throws Exception {
    Set<String> succeeding = new TreeSet<>();
    Set<String> failing = new TreeSet<>();
    for (JsonObject step : scenario.calls()) {
      (step.has("ok") ? succeeding : failing).add(step.getAsJsonArray("call").get(0).getAsString());
    }
    Set<String> methods = new TreeSet<>(BadServerCases.shapes().keySet());
    assertThat(failing).as("methods that fail at least once").isEqualTo(methods);
    methods.removeAll(Set.of("getSpeedtestStatus", "getMptpStatus")); // no such groups yet
    assertThat(succeeding).as("methods that succeed").isEqualTo(methods);
    for (BadServerCases cases : BadServerCases.all()) {
      assertThat(BadServerCases.shapes().keySet()).containsAll(cases.calls());
    }
  }
}
