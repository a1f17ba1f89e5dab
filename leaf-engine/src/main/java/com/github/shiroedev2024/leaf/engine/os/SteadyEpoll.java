package com.github.shiroedev2024.leaf.engine.os;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Netty's epoll handler without one fault of 4.2.18: a socket that for a moment waits for nothing
 * (half-closed by its peer, {@code autoRead} off, nothing to write) is taken out of the epoll set,
 * and each later wish to read or write fails with ENOENT, which kills the connection. Here such a
 * socket stays in the set, edge-triggered and without interest, so that it neither wakes the loop
 * again and again nor needs to be added anew.
 */
final class SteadyEpoll implements IoHandler {
  private final IoHandler epoll;

  private SteadyEpoll(IoHandler epoll) {
    this.epoll = epoll;
  }

  static IoHandlerFactory newFactory() {
    IoHandlerFactory plain = EpollIoHandler.newFactory();
    return executor -> new SteadyEpoll(plain.newHandler(executor));
  }

  @Override
  public void initialize() {
    epoll.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
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
    return new Registration(epoll.register(handle));
  }

  @Override
  public void wakeup() {
    epoll.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return epoll.isCompatible(handleType);
  }

  private static final class Registration implements IoRegistration {
    private final IoRegistration plain;
    private boolean added;

    Registration(IoRegistration plain) {
      this.plain = plain;
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // the interface has it so
    public <T> T attachment() {
      return plain.attachment();
    }

    @Override
    public long submit(IoOps ops) {
      if (!EpollIoOps.NONE.equals(ops)) {
        added = true;
        return plain.submit(ops);
      }
      return plain.submit(added ? EpollIoOps.EPOLLET : ops);
    }

    @Override
    public boolean isValid() {
      return plain.isValid();
    }

    @Override
    public boolean cancel() {
      return plain.cancel();
    }
  }
}
