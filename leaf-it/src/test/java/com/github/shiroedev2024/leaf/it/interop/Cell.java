package com.github.shiroedev2024.leaf.it.interop;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.github.shiroedev2024.leaf.it.Leaf;
import com.github.shiroedev2024.leaf.it.interop.Peer.Running;
import com.github.shiroedev2024.leaf.it.traffic.SocksClient;
import com.github.shiroedev2024.leaf.testkit.FreePorts;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One combination against one peer in one direction: the programs once, all checks through them.
 */
record Cell(Peer peer, Combination combination, Direction direction) {
  /** Says what became of a check. */
  interface Outcome {
    String PASSED = "passed";
    String NONE = "–";
  }

  /** Why it cannot be run, or null. */
  @Nullable String absent() {
    return peer.lacks(combination, direction);
  }

  /** Whether the client's configuration is written as .conf rather than as JSON. */
  boolean conf() {
    return (combination.toString().length() + peer.name().length()) % 2 == 0;
  }

  String folder() {
    return (direction + "-" + peer + "-" + combination).replaceAll("[^A-Za-z0-9]+", "-");
  }

  /**
   * Runs all checks, each whatever the others did.
   *
   * @param outcomes gets {@link Outcome#PASSED}, {@link Outcome#NONE} or what failed
   * @throws AssertionError when one failed
   */
  void run(Ground ground, Map<Check, String> outcomes) throws Exception {
    int port = FreePorts.any();
    switch (direction) {
      case CLIENT -> {
        try (Running server = peer.server(combination, ground, port);
            Leaf leaf = Leaf.start(ground.folder(), config(ground, port))) {
          checks(new SocksClient(leaf.inbound("socks")), server, outcomes);
        }
      }
      case SERVER -> {
        int socks = FreePorts.any();
        Path folder = ground.folder();
        try (Leaf leaf = Leaf.start(folder, LeafSide.server(combination, ground, port));
            Running client =
                peer.client(combination, ground, leaf.inbound("in").getPort(), socks)) {
          checks(new SocksClient(Peer.at(socks)), client, outcomes);
        }
      }
    }
  }

  private String config(Ground ground, int port) {
    return conf()
        ? LeafSide.conf(combination, ground, port)
        : LeafSide.json(combination, ground, port);
  }

  private void checks(SocksClient client, Running running, Map<Check, String> outcomes) {
    Manners manners = peer.manners(combination, direction);
    Map<Check, Throwable> failures = new EnumMap<>(Check.class);
    for (Check check : Check.values()) {
      if (!check.applies(combination, manners)) {
        outcomes.put(check, Outcome.NONE);
        continue;
      }
      Throwable failure = tried(check, client, manners);
      if (failure == null) {
        outcomes.put(check, Outcome.PASSED);
      } else {
        outcomes.put(check, failure.toString().lines().findFirst().orElse(""));
        failures.put(check, failure);
      }
    }
    if (!failures.isEmpty()) {
      AssertionError failed =
          new AssertionError(
              this + ": " + outcomes + "\n" + peer + " printed:\n" + running.output());
      failures.values().forEach(failed::addSuppressed);
      throw failed;
    }
  }

  /** What failed, or null; the manners say how often it is tried. */
  private static @Nullable Throwable tried(Check check, SocksClient client, Manners manners) {
    for (int left = manners.attempts(check); ; left--) {
      try {
        assertTimeoutPreemptively(Check.LIMIT, () -> check.run(client, manners));
        return null;
      } catch (Exception | AssertionError e) {
        if (left == 1) {
          return e;
        }
      }
    }
  }

  @Override
  public String toString() {
    return combination + ", " + direction.between(peer.name());
  }
}
