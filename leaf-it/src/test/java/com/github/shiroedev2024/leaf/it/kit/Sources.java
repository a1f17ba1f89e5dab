package com.github.shiroedev2024.leaf.it.kit;

import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the parts of the project lie that Maven does not build. */
final class Sources {
  private Sources() {}

  /**
   * A folder of the repository; {@code -Dleaf.sources=FOLDER} looks for it in another copy first.
   */
  static Path folder(String name) {
    for (String root :
        new String[] {System.getProperty("leaf.sources"), System.getProperty("leaf.root", "..")}) {
      if (root != null && Files.isDirectory(Path.of(root, name))) {
        return Path.of(root, name).toAbsolutePath();
      }
    }
    throw PeerProgram.missing("there is no folder " + name);
  }
}
