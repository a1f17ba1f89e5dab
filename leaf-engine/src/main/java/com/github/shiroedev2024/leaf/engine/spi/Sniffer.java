package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.session.SniffedNames;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions.Option;
import io.netty.buffer.ByteBuf;

/**
 * Looks for the name of the server in the first bytes that a client sends. It has no state: one
 * serves all sessions, on any thread.
 */
public interface Sniffer {
  /** What the name is known from. */
  SniffedNames.Origin origin();

  /** The port that its protocol is usually served on. */
  int port();

  /** Whether it looks at sessions to that port. */
  Option<Boolean> onItsPort();

  /** Whether it looks at sessions to all ports. */
  Option<Boolean> onAllPorts();

  /**
   * Looks at all that has come, from the reader index on.
   *
   * @param first at least one byte; neither its indexes nor its content change, and it is not
   *     released
   */
  Verdict look(ByteBuf first);

  /** What came of a look. */
  sealed interface Verdict {
    /** The client names its server; in lower case, without a last dot. */
    record Name(String name) implements Verdict {}

    /** No name yet. */
    enum Nameless implements Verdict {
      /** There will be none: it is another protocol, or one without a usable name. */
      NO,
      /** More bytes will tell. */
      MORE
    }
  }
}
