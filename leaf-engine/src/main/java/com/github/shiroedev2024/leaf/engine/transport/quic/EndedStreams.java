package com.github.shiroedev2024.leaf.engine.transport.quic;

import io.netty.handler.codec.quic.QuicStreamChannel;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Netty's connection (4.2.18) keeps the object of every stream whose FIN was not read, as long as
 * it lives itself: of each stream that was reset, or that was closed before the peer's end. This
 * calls the method by which it lets go of the others. The library below has let go by itself.
 */
final class EndedStreams {
  private static final MethodHandle STREAM_CLOSED = streamClosed();

  private EndedStreams() {}

  private static MethodHandle streamClosed() {
    try {
      Class<?> connection = Class.forName("io.netty.handler.codec.quic.QuicheQuicChannel");
      return MethodHandles.privateLookupIn(connection, MethodHandles.lookup())
          .findVirtual(connection, "streamClosed", MethodType.methodType(void.class, long.class))
          .asType(MethodType.methodType(void.class, Object.class, long.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this version of Netty's QUIC is not known", e);
    }
  }

  /** The stream has been closed. On its loop. */
  static void forget(QuicStreamChannel stream) {
    try {
      STREAM_CLOSED.invokeExact((Object) stream.parent(), stream.streamId());
    } catch (Error | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("it throws nothing", e);
    }
  }
}
