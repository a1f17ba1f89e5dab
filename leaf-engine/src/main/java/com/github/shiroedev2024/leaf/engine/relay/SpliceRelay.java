package com.github.shiroedev2024.leaf.engine.relay;

import com.github.shiroedev2024.leaf.engine.os.Carrier;
import com.github.shiroedev2024.leaf.engine.os.Carriers;
import com.github.shiroedev2024.leaf.engine.os.EdgeSocket;
import com.github.shiroedev2024.leaf.engine.session.Session;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Errors;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Moves bytes between the sockets of two deregistered channels inside the kernel, on the event loop
 * that both belong to.
 *
 * <p>A {@link Way} is one direction: socket, carrier (a pipe), socket. Epoll is edge-triggered, so
 * each socket remembers what it is ready for until a call says otherwise; a way goes on until
 * neither of its ends can, and borrows its carrier only while bytes are in it. Back-pressure needs
 * no rule of its own: a full pipe takes nothing, so the source's receive window closes.
 *
 * <p>Bytes count when they are taken from their source, as in the copying relay. A direction has
 * ended when its source has and its carrier is empty. An error of either socket ends the session.
 * When that ends in order, what a carrier still holds is given to its reader, as long as {@link
 * #close} allows, and the socket is closed behind it.
 *
 * <p>The channels own the descriptors. A socket leaves the epoll set before its channel is closed,
 * whoever closes it ({@link #closing}), and all of this happens on one thread: a number that the
 * system has given away again is never touched.
 */
final class SpliceRelay {
  /** Bytes, in and out, that one way may move before the loop's other sockets have their turn. */
  private static final int TURN = 4 << 20;

  /** Told on the session's loop. */
  interface Owner {
    /** All that one side sent was handed on; the other is to be told that nothing follows. */
    void ended(boolean fromClient);

    void failed(boolean ofClient, IOException cause);

    /** The channel of one side was closed by somebody else. */
    void closed(boolean ofClient);
  }

  private final Session session;
  private final Carriers carriers;
  private final Owner owner;
  private final Side client;
  private final Side remote;
  private final Way up;
  private final Way down;
  private boolean closing;
  private boolean settled;

  private SpliceRelay(
      Session session, SocketChannel client, SocketChannel remote, Carriers carriers, Owner owner) {
    this.session = session;
    this.carriers = carriers;
    this.owner = owner;
    this.client = new Side(client, true);
    this.remote = new Side(remote, false);
    this.up = new Way(this.client, this.remote);
    this.down = new Way(this.remote, this.client);
  }

  /**
   * Takes both sockets over. The owner is told nothing before this returns.
   *
   * @throws IOException when the system does not allow it; then nothing has changed
   */
  static SpliceRelay start(
      Session session, SocketChannel client, SocketChannel remote, Carriers carriers, Owner owner)
      throws IOException {
    SpliceRelay relay = new SpliceRelay(session, client, remote, carriers, owner);
    relay.client.edge.open();
    try {
      relay.remote.edge.open();
    } catch (IOException e) {
      relay.client.edge.release();
      throw e;
    }
    carriers.enter();
    client.closeFuture().addListener(closed -> relay.client.closed());
    remote.closeFuture().addListener(closed -> relay.remote.closed());
    return relay;
  }

  /** The channel of one side is about to be closed. */
  void closing(boolean ofClient) {
    (ofClient ? client : remote).release();
  }

  /**
   * Ends both directions.
   *
   * @param reset both sockets are reset; else what was taken is still given within {@code linger}
   */
  void close(boolean reset, Duration linger) {
    if (closing) {
      return;
    }
    closing = true;
    if (reset) {
      shutBoth(true);
      return;
    }
    up.closeIfEmpty();
    down.closeIfEmpty();
    if (settled) {
      return;
    }
    Future<?> deadline =
        session.loop().schedule(() -> shutBoth(false), linger.toMillis(), TimeUnit.MILLISECONDS);
    for (Side side : new Side[] {client, remote}) {
      side.channel
          .closeFuture()
          .addListener(
              closed -> {
                if (settled) {
                  deadline.cancel(false);
                }
              });
    }
  }

  private void shutBoth(boolean reset) {
    client.shut(reset);
    remote.shut(reset);
  }

  private void fail(Side side, IOException cause) {
    if (closing) {
      side.shut(true);
    } else {
      owner.failed(side == client, cause);
    }
  }

  /** Gives the carriers back when no socket is left that could fill or empty them. */
  private void settle() {
    if (!settled && client.released && remote.released) {
      settled = true;
      up.giveBack();
      down.giveBack();
      carriers.leave();
    }
  }

  /** One socket, and what it is ready for as far as is known. */
  private final class Side implements EdgeSocket.Listener {
    final SocketChannel channel;
    final EdgeSocket edge;
    private final boolean isClient;
    boolean readable = true;
    boolean writable = true;
    boolean ended;
    boolean released;

    Side(SocketChannel channel, boolean isClient) {
      this.channel = channel;
      this.isClient = isClient;
      this.edge = new EdgeSocket(channel, this);
    }

    @Override
    public void ready(boolean canRead, boolean canWrite, boolean hasEnded, boolean hasFailed) {
      ended |= hasEnded;
      readable |= canRead || hasEnded || hasFailed;
      writable |= canWrite || hasFailed;
      // An error is met by reading, behind the bytes that came before it; then by writing.
      (isClient ? up : down).pump();
      if (!released) {
        (isClient ? down : up).pump();
      }
      if (hasFailed && !released) {
        fetchError();
      }
    }

    /** A way that is held back meets no error, but there is nothing to be waited for any more. */
    private void fetchError() {
      try {
        int error = edge.error();
        if (error != 0) {
          fail(this, Errors.newIOException("splice", error));
        }
      } catch (IOException e) {
        fail(this, e);
      }
    }

    @Override
    public void loopEnds() {
      shut(false);
    }

    void closed() {
      release();
      if (!closing) {
        owner.closed(isClient);
      }
    }

    void release() {
      if (!released) {
        released = true;
        edge.release();
        settle();
      }
    }

    void shut(boolean reset) {
      release();
      if (channel.isOpen()) {
        if (reset) {
          channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        channel.close();
      }
    }
  }

  /** One direction. */
  private final class Way {
    private final Side from;
    private final Side to;
    private @Nullable Carrier carrier;
    private boolean ended;
    private boolean told;

    Way(Side from, Side to) {
      this.from = from;
      this.to = to;
    }

    /** Moves what can be moved now. */
    void pump() {
      int moved = 0;
      while (true) {
        int given = give();
        int taken = take();
        if (settled) {
          return; // one of the two failed
        }
        if (given == 0 && taken == 0) {
          break;
        }
        moved += given + taken;
        if (moved >= TURN) {
          yieldTurn();
          return;
        }
      }
      Carrier now = carrier;
      if (now != null && now.held() == 0) {
        giveBack();
      }
      if (closing) {
        closeIfEmpty();
      } else if (ended && carrier == null && !told) {
        told = true;
        owner.ended(from == client);
      }
    }

    /** Goes on when the reader is seen to be writable, which it is for all that is known. */
    private void yieldTurn() {
      try {
        to.edge.tellAgain();
      } catch (IOException e) {
        fail(to, e);
      }
    }

    private int give() {
      Carrier now = carrier;
      if (now == null || now.held() == 0 || !to.writable || to.released) {
        return 0;
      }
      try {
        int given = now.drain(to.edge.socket());
        if (given == 0) {
          to.writable = false;
        }
        return given;
      } catch (IOException e) {
        fail(to, e);
        return 0;
      }
    }

    private int take() {
      if (ended || closing || !from.readable || from.released) {
        return 0;
      }
      Carrier now = carrier;
      if (now == null) {
        now = carriers.lend();
        carrier = now;
      }
      boolean wasEmpty = now.held() == 0;
      try {
        int taken = now.fill(from.edge.socket());
        if (taken < 0) {
          ended = true;
          return 0;
        }
        if (wasEmpty && (taken == 0 || (taken < now.surelyAll() && !from.ended))) {
          from.readable = false;
        }
        if (taken > 0 && from == client) {
          session.countSent(taken);
        } else if (taken > 0) {
          session.countReceived(taken);
        }
        return taken;
      } catch (IOException e) {
        fail(from, e);
        return 0;
      }
    }

    /** Nothing more comes this way: closes its end behind what was given. */
    void closeIfEmpty() {
      Carrier now = carrier;
      if (now == null || now.held() == 0) {
        to.shut(false);
      }
    }

    void giveBack() {
      Carrier held = carrier;
      if (held != null) {
        carrier = null;
        carriers.giveBack(held);
      }
    }
  }
}
