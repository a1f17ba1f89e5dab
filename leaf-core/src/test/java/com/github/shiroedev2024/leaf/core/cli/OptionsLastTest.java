package com.github.shiroedev2024.leaf.core.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsLastTest {
  @ParameterizedTest
  @CsvSource({
    "ctl --home H outbounds, ctl outbounds --home H",
    "ctl --json --api-port=7 select OUT B, ctl select --json --api-port=7 OUT B",
    "ctl outbounds --home H, ctl outbounds --home H",
    "core --home=H status, core status --home=H",
    "ctl --home, ctl --home",
    "ctl, ctl",
    "run --home H, run --home H",
  })
  void sharedOptionsMayStandBeforeTheCommand(String given, String settled) {
    assertThat(String.join(" ", Cli.optionsLast(given.split(" ", -1)))).isEqualTo(settled);
  }
}
