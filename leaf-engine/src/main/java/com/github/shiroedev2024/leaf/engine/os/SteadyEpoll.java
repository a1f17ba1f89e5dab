package com.github.shiroedev2024.leaf.engine.os;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Netty's epoll handler with fewer system calls, and without one fault of 4.2.18.
 *
 * <p>What a socket waits for changes several times while its events are handled, and often back to
 * what it was: the system is told the outcome, once, before the loop waits again. That nobody wants
 * to read is not told at all until bytes come: a client that waits for an answer sends none. A
 * socket that is edge-triggered is told about at once, since telling has an effect of its own.
 *
 * <p>The fault: a socket that for a moment waits for nothing (half-closed by its peer, {@code
 * autoRead} off, nothing to write) is taken out of the epoll set, and each later wish to read or
 * write fails with ENOENT, which kills the connection. Here such a socket stays in the set,
 * edge-triggered and without interest, so that it neither wakes the loop again and again nor needs
 * to be added anew.
 */
final class SteadyEpoll implements IoHandler {
  private static final InternalLogger LOG = InternalLoggerFactory.getInstance(SteadyEpoll.class);

  private final IoHandler epoll;

  /** Those whose wishes the system does not know yet. On the loop only. */
  private final ArrayDeque<Registration> changed = new ArrayDeque<>();

  private SteadyEpoll(IoHandler epoll) {
    this.epoll = epoll;
  }

  static IoHandlerFactory newFactory() {
    IoHandlerFactory plain = EpollIoHandler.newFactory();
    return executor -> new SteadyEpoll(plain.newHandler(executor));
  }

  /**
   * Has the loop tell a handle of its own making when a socket is ready. On the loop.
   *
   * @throws IOException when the loop is ending, or the system does not watch the socket
   */
  static IoRegistration watch(EventLoop loop, IoHandle handle, EpollIoOps ops) throws IOException {
    Future<IoRegistration> registering = ((IoEventLoop) loop).register(handle);
    if (!registering.isSuccess()) {
      throw new IOException("the event loop takes no socket", registering.cause());
    }
    IoRegistration given = registering.getNow();
    try {
      given.submit(ops);
    } catch (UncheckedIOException e) {
      given.cancel();
      throw e.getCause();
    }
    return given;
  }

  @Override
  public void initialize() {
    epoll.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    for (Registration next = changed.poll(); next != null; next = changed.poll()) {
      next.settle();
    }
    return epoll.run(context);
  }

  @Override
  public void prepareToDestroy() {
    epoll.prepareToDestroy();
  }

  @Override
  public void destroy() {
    epoll.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    if (!(handle instanceof EpollIoHandle socket)) {
      throw new IllegalArgumentException(handle + " is not of epoll");
    }
    Registration registration = new Registration(socket);
    registration.plain = epoll.register(registration);
    return registration;
  }

  @Override
  public void wakeup() {
    epoll.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return epoll.isCompatible(handleType);
  }

  /** Stands between Netty's handler and one socket, both ways. */
  private final class Registration implements IoRegistration, EpollIoHandle {
    private final EpollIoHandle handle;
    private @Nullable IoRegistration plain;
    private EpollIoOps wanted = EpollIoOps.NONE;
    private EpollIoOps told = EpollIoOps.NONE;
    private boolean queued;

    /** Bytes have come that nobody wants to read: now the system has to know. */
    private boolean unasked;

    Registration(EpollIoHandle handle) {
      this.handle = handle;
    }

    private IoRegistration plain() {
      return Objects.requireNonNull(plain, "not registered");
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // the interface has it so
    public <T> T attachment() {
      return plain().attachment();
    }

    @Override
    public long submit(IoOps ops) {
      EpollIoOps wish = (EpollIoOps) ops;
      wanted = wish;
      if (wish.contains(EpollIoOps.EPOLLET)) {
        return tell(wish);
      }
      if (!wish.equals(told)) {
        queue();
      }
      return plain().isValid() ? wish.value() : -1;
    }

    private void queue() {
      if (!queued) {
        queued = true;
        changed.add(this);
      }
    }

    private long tell(EpollIoOps ops) {
      told = ops;
      return plain().submit(ops);
    }

    /** Tells the system what it has to know before the loop waits. */
    void settle() {
      queued = false;
      boolean lazy = !unasked;
      unasked = false;
      boolean nothing = wanted.value() == 0;
      if (nothing && told.value() == 0) {
        return; // not in the set yet
      }
      EpollIoOps wish = nothing ? EpollIoOps.EPOLLET : wanted;
      if (wish.equals(told) || (lazy && wish.equals(told.without(EpollIoOps.EPOLLIN)))) {
        return;
      }
      try {
        tell(wish);
      } catch (UncheckedIOException e) {
        LOG.warn("closing {}, which the system does not watch", handle, e);
        close();
      }
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
      EpollIoOps ops = ((EpollIoEvent) event).ops();
      if (!ops.contains(EpollIoOps.EPOLLIN) || wanted.contains(EpollIoOps.EPOLLIN)) {
        handle.handle(this, event);
        return;
      }
      unasked = true;
      queue();
      EpollIoOps rest = ops.without(EpollIoOps.EPOLLIN);
      if (rest.value() != 0) {
        handle.handle(this, (EpollIoEvent) () -> rest);
      }
    }

    @Override
    public FileDescriptor fd() {
      return handle.fd();
    }

    @Override
    public void registered() {
      handle.registered();
    }

    @Override
    public void unregistered() {
      handle.unregistered();
    }

    @Override
    public void close() {
      try {
        handle.close();
      } catch (Exception e) {
        LOG.warn("closing {} failed", handle, e);
      }
    }

    @Override
    public boolean isValid() {
      return plain().isValid();
    }

    @Override
    public boolean cancel() {
      return plain().cancel();
    }
  }
}
