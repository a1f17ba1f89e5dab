package com.github.shiroedev2024.leaf.core.cli;

import com.github.shiroedev2024.leaf.core.process.LeafStarter;
import com.github.shiroedev2024.leaf.runtime.control.Replies.ConfigProblem;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Health;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** How the commands reach the runtime; the one place where they are wired to it. */
public interface Runtimes {
  /** What starts runtimes with these options. */
  LeafStarter starter(StartOptions options);

  /** Everything wrong with a configuration file; binds and dials nothing. */
  List<ConfigProblem> test(Path file, Map<String, String> environment);

  /**
   * Probes one outbound of a configuration without listening anywhere.
   *
   * @throws com.github.shiroedev2024.leaf.runtime.control.ControlException when there is no such
   *     outbound or the configuration cannot be used
   */
  Health probe(StartOptions options, String tag, Duration timeout);
}
