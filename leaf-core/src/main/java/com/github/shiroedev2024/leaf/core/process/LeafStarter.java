package com.github.shiroedev2024.leaf.core.process;

import com.github.shiroedev2024.leaf.runtime.control.Replies.ConfigProblem;
import com.github.shiroedev2024.leaf.runtime.prefs.LeafPreferences;
import java.util.List;
import java.util.function.Supplier;

/** Makes runtimes; what the core knows of the runtime and the API in front of it. */
public interface LeafStarter {
  /**
   * Starts the runtime and its API; blocks until both listen.
   *
   * @param preferences asked at start and at each reload
   * @throws StartException says why it could not, in words for a person
   */
  RunningLeaf start(Supplier<LeafPreferences> preferences) throws StartException;

  /** Checks the configuration file without applying it; blocks for that long. */
  List<ConfigProblem> test();

  /** Checks a text as a configuration: JSON when it begins with a brace, else {@code .conf}. */
  List<ConfigProblem> test(String text);

  /** The configuration file, or a word such as {@code <embedded>}. */
  String configuration();
}
