package com.github.shiroedev2024.leaf.engine.os;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The socket of a channel that has been deregistered, driven by its owner: it sits in the epoll set
 * of the channel's own event loop, edge-triggered, and tells what it became ready for. The channel
 * stays the owner of the descriptor and closes it. On the loop only.
 */
public final class EdgeSocket implements EpollIoHandle {
  private static final EpollIoOps EDGES =
      EpollIoOps.EPOLLIN
          .with(EpollIoOps.EPOLLOUT)
          .with(EpollIoOps.EPOLLRDHUP)
          .with(EpollIoOps.EPOLLET);

  /** Told on the loop. */
  public interface Listener {
    /**
     * Something has changed since the last call.
     *
     * @param ended the peer sends no more than what is there to be read
     * @param failed there is an error to be fetched, by reading or by {@link #error}
     */
    void ready(boolean readable, boolean writable, boolean ended, boolean failed);

    /** The event loop ends: the socket has to be closed now. */
    void loopEnds();
  }

  private final SocketChannel channel;
  private final Listener listener;
  private final Socket socket;
  private @Nullable IoRegistration registration;

  /**
   * Nothing happens before {@link #open}.
   *
   * @param channel one that {@link Splicing#fits}
   */
  public EdgeSocket(SocketChannel channel, Listener listener) {
    if (!(channel instanceof EpollSocketChannel epoll)) {
      throw new IllegalArgumentException(channel + " is not of epoll");
    }
    this.channel = channel;
    this.socket = (Socket) epoll.fd();
    this.listener = listener;
  }

  /**
   * Begins, once the channel is deregistered. What the socket is ready for at this moment is told
   * soon.
   *
   * @throws IOException when the loop does not take it; then nothing has changed
   */
  public void open() throws IOException {
    if (channel.isRegistered()) {
      throw new IllegalStateException(channel + " is registered");
    }
    registration = SteadyEpoll.watch(channel.eventLoop(), this, EDGES);
  }

  public SocketChannel channel() {
    return channel;
  }

  public Socket socket() {
    return socket;
  }

  /** The socket's pending error, which is cleared: a negative errno; 0 for none. */
  public int error() throws IOException {
    return -socket.getSoError();
  }

  /**
   * Has the listener told once more what the socket is ready for, after the loop's other sockets
   * have had their turn. (A task would come before them: a loop runs those that its tasks leave
   * behind too.)
   */
  public void tellAgain() throws IOException {
    IoRegistration held = registration;
    if (held != null) {
      try {
        held.submit(EDGES);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
  }

  /** Tells nothing any more. Before the channel is closed or registered anew. Idempotent. */
  public void release() {
    IoRegistration held = registration;
    if (held != null) {
      registration = null;
      held.cancel();
    }
  }

  @Override
  public Socket fd() {
    return socket;
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    if (registration == null) {
      return; // an event of the same turn as the release
    }
    EpollIoOps ops = ((EpollIoEvent) event).ops();
    listener.ready(
        ops.contains(EpollIoOps.EPOLLIN),
        ops.contains(EpollIoOps.EPOLLOUT),
        ops.contains(EpollIoOps.EPOLLRDHUP),
        ops.contains(EpollIoOps.EPOLLERR));
  }

  @Override
  public void close() {
    listener.loopEnds();
  }
}
