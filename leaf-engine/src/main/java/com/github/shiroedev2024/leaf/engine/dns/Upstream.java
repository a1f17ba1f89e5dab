package com.github.shiroedev2024.leaf.engine.dns;

import com.github.shiroedev2024.leaf.engine.spi.Resolver.Lookup;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;

/** One server that can be asked. */
interface Upstream {
  /** For people: {@code 1.1.1.1:53} or {@code system}. */
  String name();

  /** For names that go out directly. */
  boolean direct();

  /**
   * Asks. The answer comes on the loop, once, and is one of {@code Found}, {@code Missing} and
   * {@code Failed}; never before this call returns.
   *
   * @return ends the question: no answer will come after it has run. On the loop.
   */
  Runnable ask(Question question, Lookup lookup, EventLoop loop, Consumer<Answer> answer);
}
