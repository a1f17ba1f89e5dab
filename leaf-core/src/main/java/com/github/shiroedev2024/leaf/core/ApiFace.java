package com.github.shiroedev2024.leaf.core;

import com.github.shiroedev2024.leaf.api.ApiServer;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.PortHolder;
import com.github.shiroedev2024.leaf.runtime.RuntimeFace;
import com.github.shiroedev2024.leaf.runtime.control.RuntimeControl;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The HTTP API in front of one runtime, moved to another address when a reload asks for it. */
public final class ApiFace implements RuntimeFace {
  private @Nullable ApiServer server;
  private @Nullable InetSocketAddress requested;
  private @Nullable InetSocketAddress listening;

  /** Where it serves; null before it does. */
  public synchronized @Nullable InetSocketAddress listening() {
    return listening;
  }

  @Override
  public synchronized Prepared prepare(
      RuntimeControl control, InetSocketAddress address, List<String> allowedOrigins)
      throws IOException {
    ApiServer current = server;
    if (current != null && address.equals(requested)) {
      return new Prepared() {
        @Override
        public void commit() {
          current.allowedOrigins(allowedOrigins);
        }

        @Override
        public void rollback() {}
      };
    }
    ApiServer next = new ApiServer(control, address, allowedOrigins);
    InetSocketAddress bound = new InetSocketAddress(address.getAddress(), start(next, address));
    return new Prepared() {
      @Override
      public void commit() {
        replace(next, address, bound);
      }

      @Override
      public void rollback() {
        next.stop().join();
      }
    };
  }

  private static int start(ApiServer server, InetSocketAddress address) throws IOException {
    try {
      return server.start().join();
    } catch (CompletionException e) {
      String holder = PortHolder.describe(address, Network.TCP);
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "the API cannot listen on "
              + NetUtil.toSocketAddressString(address)
              + ": "
              + (holder.isEmpty() ? cause.getMessage() : "the port is taken, " + holder)
              + "; choose another with --api-port",
          e);
    }
  }

  private void replace(ApiServer next, InetSocketAddress address, InetSocketAddress bound) {
    ApiServer before;
    synchronized (this) {
      before = server;
      server = next;
      requested = address;
      listening = bound;
    }
    if (before != null) {
      before.stop(); // answers the reload that asked for the move, then ends by itself
    }
  }

  @Override
  public void close() {
    ApiServer last;
    synchronized (this) {
      last = server;
      server = null;
      listening = null;
    }
    if (last != null) {
      last.stop().join();
    }
  }
}
