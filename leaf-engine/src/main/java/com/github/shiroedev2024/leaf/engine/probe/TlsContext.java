package com.github.shiroedev2024.leaf.engine.probe;

import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The client side of TLS, made when it is first needed and off the event loops: reading the trust
 * store takes a while.
 */
final class TlsContext {
  private final Callable<SslContext> factory;
  private final AtomicReference<@Nullable CompletableFuture<SslContext>> made =
      new AtomicReference<>();

  TlsContext(Callable<SslContext> factory) {
    this.factory = factory;
  }

  /** Trusts what the Java runtime trusts, and checks the host's name. */
  static SslContext webRoots() throws SSLException {
    return SslContextBuilder.forClient().sslProvider(SslProvider.JDK).build();
  }

  /** Completes on the loop. */
  Future<SslContext> get(EventLoop loop) {
    Promise<SslContext> promise = loop.newPromise();
    context()
        .whenComplete(
            (context, failure) ->
                loop.execute(
                    () -> {
                      if (failure == null) {
                        promise.trySuccess(context);
                      } else {
                        promise.tryFailure(failure);
                      }
                    }));
    return promise;
  }

  private CompletableFuture<SslContext> context() {
    CompletableFuture<SslContext> known = made.get();
    if (known != null) {
      return known;
    }
    CompletableFuture<SslContext> fresh = new CompletableFuture<>();
    CompletableFuture<SslContext> other = made.compareAndExchange(null, fresh);
    if (other != null) {
      return other;
    }
    Thread.ofVirtual()
        .name("leaf-probe-tls")
        .start(
            () -> {
              try {
                fresh.complete(factory.call());
              } catch (Exception | Error e) {
                fresh.completeExceptionally(e);
              }
            });
    return fresh;
  }
}
