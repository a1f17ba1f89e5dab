package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of reading a configuration.
 *
 * @param config the configuration; null exactly when there is an error among the problems
 * @param problems errors and warnings, by line
 */
public record ConfigResult(@Nullable LeafConfig config, List<Problem> problems) {
  /** What refuses the configuration. */
  public List<Problem> errors() {
    return problems.stream().filter(Problem::isError).toList();
  }

  /** What runs, but not as it seems to. */
  public List<Problem> warnings() {
    return problems.stream().filter(p -> !p.isError()).toList();
  }
}
