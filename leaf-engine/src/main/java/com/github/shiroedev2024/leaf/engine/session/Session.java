package com.github.shiroedev2024.leaf.engine.session;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.telemetry.TagTotals;
import io.netty.channel.EventLoop;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection or UDP association from a client to a destination. All changes happen on its
 * event loop; getters may be called from any thread. It ends exactly once, with one reason.
 */
public final class Session {
  private static final VarHandle SENT;
  private static final VarHandle RECEIVED;

  static {
    try {
      var lookup = MethodHandles.lookup();
      SENT = lookup.findVarHandle(Session.class, "sent", long.class);
      RECEIVED = lookup.findVarHandle(Session.class, "received", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long id;
  private final Network network;
  private final String inboundTag;
  private final InetSocketAddress source;
  private final @Nullable String userId;
  private final EventLoop loop;
  private final SessionEvents events;
  private final long startMillis;
  private final long startNanos;
  private final Timings timings = new Timings();

  private volatile Destination destination;
  private volatile SniffedNames names = SniffedNames.NONE;
  private volatile @Nullable String forwardedSource;
  private volatile @Nullable String rule;
  private volatile Path path = Path.NONE;
  private volatile boolean sendCompleted;
  private volatile boolean receiveCompleted;
  private volatile @Nullable CloseReason closeReason;
  private volatile @Nullable String closeDetail;
  private volatile long endNanos;

  // Written on the loop only, opaque so that readers see them soon.
  @SuppressWarnings("unused")
  private long sent;

  @SuppressWarnings("unused")
  private long received;

  private long flushedSent;
  private long flushedReceived;
  private boolean dirty;
  private List<TagTotals> totals = List.of();
  private @Nullable Consumer<CloseReason> closer;

  /**
   * Made by {@link SessionEvents}' owner only; see {@code Sessions.open}.
   *
   * @param id from 1; 0 for probes
   */
  public Session(
      long id,
      Network network,
      String inboundTag,
      InetSocketAddress source,
      Destination destination,
      @Nullable String userId,
      EventLoop loop,
      SessionEvents events,
      long startMillis) {
    this.id = id;
    this.network = network;
    this.inboundTag = inboundTag;
    this.source = source;
    this.destination = destination;
    this.userId = userId;
    this.loop = loop;
    this.events = events;
    this.startMillis = startMillis;
    this.startNanos = loop.ticker().nanoTime();
  }

  public long id() {
    return id;
  }

  public Network network() {
    return network;
  }

  public String inboundTag() {
    return inboundTag;
  }

  public InetSocketAddress source() {
    return source;
  }

  /** Where it is meant to go. */
  public Destination destination() {
    return destination;
  }

  /** Changes where it is meant to go, before it was routed. On the loop. */
  public void destination(Destination instead) {
    destination = instead;
  }

  /** What its destination is called, if that is an address and names were learnt. */
  public SniffedNames names() {
    return names;
  }

  /** Notes a name of its destination. On the loop. */
  public void named(SniffedNames.Origin origin, String name) {
    names = names.with(origin, name);
  }

  public @Nullable String userId() {
    return userId;
  }

  /** The one event loop that both channels of this session live on. */
  public EventLoop loop() {
    return loop;
  }

  public Timings timings() {
    return timings;
  }

  /** Unix milliseconds. */
  public long startMillis() {
    return startMillis;
  }

  /** On the loop's ticker. */
  public long startNanos() {
    return startNanos;
  }

  /** How long the session has lived, or lived, in nanoseconds. */
  public long durationNanos() {
    return (closeReason == null ? loop.ticker().nanoTime() : endNanos) - startNanos;
  }

  /** Whether it measures an outbound and carries no client: such sessions enter no statistics. */
  public boolean isProbe() {
    return id == 0;
  }

  public @Nullable String forwardedSource() {
    return forwardedSource;
  }

  public void forwardedSource(@Nullable String address) {
    forwardedSource = address;
  }

  /** The rule that chose the outbound, as written in the configuration; null for the default. */
  public @Nullable String rule() {
    return rule;
  }

  public void rule(@Nullable String text) {
    rule = text;
  }

  public Path path() {
    return path;
  }

  /** Notes what carries the session and whose totals its bytes count for. On the loop. */
  public void carried(Path by, List<TagTotals> countedFor) {
    flush(0);
    path = by;
    totals = countedFor;
  }

  /** Payload bytes from the client towards the remote. */
  public long sent() {
    return (long) SENT.getOpaque(this);
  }

  /** Payload bytes from the remote towards the client. */
  public long received() {
    return (long) RECEIVED.getOpaque(this);
  }

  /** Counts bytes handed to the remote. On the loop. */
  public void countSent(long bytes) {
    SENT.setOpaque(this, sent + bytes);
    touch();
  }

  /** Counts bytes received from the remote. On the loop. */
  public void countReceived(long bytes) {
    if (received == 0 && timings.firstByte() == Timings.UNSET) {
      timings.firstByte(loop.ticker().nanoTime() - startNanos);
    }
    RECEIVED.setOpaque(this, received + bytes);
    touch();
  }

  private void touch() {
    if (!dirty) {
      dirty = true;
      events.dirty(this);
    }
  }

  /**
   * Adds what moved since the last call to the totals. On the loop.
   *
   * @param nowMillis the Unix time at which the peer was active; 0 leaves the activity as it is
   */
  public void flush(long nowMillis) {
    dirty = false;
    long newSent = sent - flushedSent;
    long newReceived = received - flushedReceived;
    if (newSent == 0 && newReceived == 0) {
      return;
    }
    flushedSent = sent;
    flushedReceived = received;
    for (TagTotals t : totals) {
      t.add(newSent, newReceived);
      if (nowMillis != 0) {
        t.peerActive(nowMillis);
      }
    }
  }

  public boolean sendCompleted() {
    return sendCompleted;
  }

  public boolean receiveCompleted() {
    return receiveCompleted;
  }

  /** The client has sent all it will send, and that has been handed on. */
  public void completeSend() {
    sendCompleted = true;
  }

  /** The remote has sent all it will send, and that has been handed on. */
  public void completeReceive() {
    receiveCompleted = true;
  }

  /** Null while the session lives. */
  public @Nullable CloseReason closeReason() {
    return closeReason;
  }

  /** What exactly failed, for people; null when the reason says it all. */
  public @Nullable String closeDetail() {
    return closeDetail;
  }

  /**
   * Sets what must be closed when the session ends; replaces what was set before. Runs at once when
   * it has ended already. On the loop.
   */
  public void onEnd(Consumer<CloseReason> closes) {
    CloseReason ended = closeReason;
    if (ended != null) {
      closes.accept(ended);
    } else {
      closer = closes;
    }
  }

  /**
   * Ends the session: counts what is left, closes its channels, tells the registry. On the loop.
   *
   * @return false when it had ended before
   */
  public boolean end(CloseReason reason, @Nullable String detail) {
    if (closeReason != null) {
      return false;
    }
    endNanos = loop.ticker().nanoTime();
    closeDetail = detail;
    closeReason = reason;
    Consumer<CloseReason> closes = closer;
    closer = null;
    if (closes != null) {
      closes.accept(reason);
    }
    events.ended(this);
    totals = List.of();
    path = path.detached(); // finished sessions are kept for the statistics, not their outbounds
    return true;
  }

  /** {@link #end} from any thread. */
  public void close(CloseReason reason) {
    if (loop.inEventLoop()) {
      end(reason, null);
    } else {
      loop.execute(() -> end(reason, null));
    }
  }

  @Override
  public String toString() {
    return "session " + id + " " + network.word() + " " + source + " -> " + destination;
  }
}
