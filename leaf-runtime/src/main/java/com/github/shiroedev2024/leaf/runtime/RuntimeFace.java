package com.github.shiroedev2024.leaf.runtime;

import com.github.shiroedev2024.leaf.runtime.control.RuntimeControl;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Something in front of the runtime that follows its configuration: the HTTP API. It takes part in
 * start and reload, so that a taken API port refuses the whole change. Called on control threads,
 * which may block.
 */
public interface RuntimeFace {
  /**
   * Binds what the next configuration asks for, without dropping what is served now.
   *
   * @param address a loopback address
   * @param allowedOrigins web origins that may call, beside the loopback ones
   * @throws IOException naming the address when it cannot be bound
   */
  Prepared prepare(RuntimeControl control, InetSocketAddress address, List<String> allowedOrigins)
      throws IOException;

  /** The runtime has stopped: stop serving. */
  void close();

  /** Bound but not serving. Exactly one of the two is called. */
  interface Prepared {
    /** Serves here from now on, and stops serving where it did before. */
    void commit();

    void rollback();
  }

  /** For embedding without an API. */
  RuntimeFace NONE =
      new RuntimeFace() {
        @Override
        public Prepared prepare(
            RuntimeControl control, InetSocketAddress address, List<String> allowedOrigins) {
          return new Prepared() {
            @Override
            public void commit() {}

            @Override
            public void rollback() {}
          };
        }

        @Override
        public void close() {}
      };
}
