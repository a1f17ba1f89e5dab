package com.github.shiroedev2024.leaf.it.interop;

import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A program that others wrote. */
abstract class Peer {
  static final String HOST = "127.0.0.1";

  private final String name;

  Peer(String name) {
    this.name = name;
  }

  final String name() {
    return name;
  }

  /** Its own word for its version; skips the test where the program is missing. */
  abstract String version();

  /** Why this combination cannot be run with it, or null when it can. */
  abstract @Nullable String lacks(Combination combination, Direction direction);

  /**
   * Why an end of one direction is an end of both, or null when directions end on their own. Told
   * of the peer, not of Leaf, whose half-close is never excused.
   */
  abstract @Nullable String endsBoth(Combination combination, Direction direction);

  /** Why it does not pass an end on, or null. */
  @Nullable String hidesEnds(Combination combination, Direction direction) {
    return null;
  }

  /** Why bytes get lost behind which a connection ends, or null. Told only with proof. */
  @Nullable String losesEnds(Combination combination, Direction direction) {
    return null;
  }

  /** Why a connection may fail at any time, or null. Told only with proof. */
  @Nullable String losesConnections(Combination combination, Direction direction) {
    return null;
  }

  /** Why datagrams of several destinations break it, or null. Told only with proof. */
  @Nullable String failsOnDatagrams(Combination combination, Direction direction) {
    return null;
  }

  /** Why its client fails when much is written at first, or null. */
  @Nullable String failsOnLongFirstWrites(Combination combination, Direction direction) {
    return null;
  }

  final Manners manners(Combination combination, Direction direction) {
    Ends ends =
        losesEnds(combination, direction) != null
            ? Ends.LOST
            : hidesEnds(combination, direction) != null
                ? Ends.HIDDEN
                : endsBoth(combination, direction) == null ? Ends.EACH : Ends.BOTH;
    return new Manners(
        ends,
        losesConnections(combination, direction) == null,
        failsOnDatagrams(combination, direction) == null,
        failsOnLongFirstWrites(combination, direction) != null);
  }

  /** All that is special, in words. */
  final List<String> limits(Combination combination, Direction direction) {
    List<String> limits = new ArrayList<>();
    add(limits, losesEnds(combination, direction));
    add(limits, hidesEnds(combination, direction));
    add(limits, endsBoth(combination, direction));
    add(limits, losesConnections(combination, direction));
    add(limits, failsOnDatagrams(combination, direction));
    add(limits, failsOnLongFirstWrites(combination, direction));
    return limits;
  }

  private static void add(List<String> limits, @Nullable String limit) {
    if (limit != null) {
      limits.add(limit);
    }
  }

  /** Its server, ready at this port. */
  abstract Running server(Combination combination, Ground ground, int port);

  /** Its client to the server at this port; ready with SOCKS at the other. */
  abstract Running client(Combination combination, Ground ground, int server, int socks);

  static InetSocketAddress at(int port) {
    return new InetSocketAddress(HOST, port);
  }

  @Override
  public final String toString() {
    return name;
  }

  /** The programs that make up one end. */
  record Running(List<PeerProgram> programs) implements AutoCloseable {
    Running(PeerProgram... programs) {
      this(List.of(programs));
    }

    Running {
      programs = List.copyOf(programs);
    }

    /** The last lines that they printed. */
    String output() {
      List<String> all = new ArrayList<>();
      programs.forEach(program -> all.add(program.output()));
      return String.join("\n", all);
    }

    @Override
    public void close() {
      programs.forEach(PeerProgram::close);
    }
  }
}
