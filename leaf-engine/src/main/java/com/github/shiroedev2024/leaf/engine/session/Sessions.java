package com.github.shiroedev2024.leaf.engine.session;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * All sessions of one runtime: those alive, and a bounded list of those that ended last.
 * Thread-safe.
 *
 * <p>Bytes are counted into the session on its loop. Each loop flushes the sessions that moved any
 * into the totals every {@value #FLUSH_MILLIS} ms, so reading a total never walks the sessions; the
 * rest is flushed when a session ends.
 */
public final class Sessions implements SessionEvents {
  private static final int FLUSH_MILLIS = 100;

  private final AtomicLong lastId = new AtomicLong();
  private final AtomicInteger associations = new AtomicInteger();
  private final Map<Long, Session> active = new ConcurrentHashMap<>();
  private final Map<EventLoop, Flusher> flushers = new ConcurrentHashMap<>();
  private final ArrayDeque<Session> recent = new ArrayDeque<>();
  private final InstantSource clock;
  private final Logger log;
  private volatile int maxRecent;

  public Sessions(InstantSource clock, ILoggerFactory logs, int maxRecent) {
    this.clock = clock;
    this.log = logs.getLogger("leaf.session");
    this.maxRecent = maxRecent;
  }

  /** Registers a new session. */
  public Session open(
      Network network,
      String inboundTag,
      InetSocketAddress source,
      Destination destination,
      @Nullable String userId,
      EventLoop loop) {
    Session session =
        new Session(
            lastId.incrementAndGet(),
            network,
            inboundTag,
            source,
            destination,
            userId,
            loop,
            this,
            clock.millis());
    active.put(session.id(), session);
    if (network == Network.UDP) {
      associations.incrementAndGet();
    }
    return session;
  }

  /** The wall clock that sessions are dated by. */
  public InstantSource clock() {
    return clock;
  }

  /** The living sessions in no order; a live view. */
  public Collection<Session> active() {
    return Collections.unmodifiableCollection(active.values());
  }

  /** The living sessions, oldest first. */
  public List<Session> activeByAge() {
    List<Session> sessions = new ArrayList<>(active.values());
    sessions.sort(Comparator.comparingLong(Session::id));
    return sessions;
  }

  /** UDP associations alive now. */
  public int associations() {
    return associations.get();
  }

  public @Nullable Session find(long id) {
    return active.get(id);
  }

  /** Sessions that ended, newest first. */
  public List<Session> recent() {
    synchronized (recent) {
      return new ArrayList<>(recent);
    }
  }

  /** How many ended sessions are kept; fewer drops the oldest. */
  public void maxRecent(int max) {
    maxRecent = max;
    synchronized (recent) {
      while (recent.size() > max) {
        recent.removeLast();
      }
    }
  }

  @Override
  public void dirty(Session session) {
    EventLoop loop = session.loop();
    Flusher flusher = flushers.get(loop);
    if (flusher == null) {
      flusher = flushers.computeIfAbsent(loop, Flusher::new);
    }
    flusher.add(session);
  }

  @Override
  public void ended(Session session) {
    session.flush(clock.millis());
    active.remove(session.id());
    if (session.network() == Network.UDP) {
      associations.decrementAndGet();
    }
    int max = maxRecent;
    if (max > 0) {
      synchronized (recent) {
        recent.addFirst(session);
        while (recent.size() > max) {
          recent.removeLast();
        }
      }
    }
    logEnd(session);
  }

  private void logEnd(Session session) {
    if (!log.isInfoEnabled()) {
      return;
    }
    CloseReason reason = session.closeReason();
    String detail = session.closeDetail();
    StringBuilder line = new StringBuilder(192);
    line.append("network=").append(session.network().word());
    line.append(" inbound=").append(session.inboundTag());
    line.append(" source=").append(session.source().getHostString());
    line.append(':').append(session.source().getPort());
    line.append(" destination=").append(session.destination());
    String name = session.names().best();
    if (name != null) {
      line.append(" sniffed=").append(name);
    }
    line.append(" outbound=").append(session.path().outboundTag());
    line.append(" sent=").append(session.sent());
    line.append(" received=").append(session.received());
    line.append(" duration_ms=").append(session.durationNanos() / 1_000_000);
    line.append(" reason=\"").append(reason == null ? "" : reason.text()).append('"');
    if (detail != null) {
      line.append(" detail=\"").append(detail).append('"');
    }
    if (reason == CloseReason.INTERNAL_ERROR) {
      log.warn("{}", line);
    } else {
      log.info("{}", line);
    }
  }

  /** The sessions of one loop that moved bytes since the last flush. Touched on that loop only. */
  private final class Flusher implements Runnable {
    private final EventLoop loop;
    private List<Session> dirty = new ArrayList<>();
    private List<Session> spare = new ArrayList<>();
    private boolean scheduled;

    Flusher(EventLoop loop) {
      this.loop = loop;
    }

    void add(Session session) {
      dirty.add(session);
      if (!scheduled) {
        scheduled = true;
        loop.schedule(this, FLUSH_MILLIS, TimeUnit.MILLISECONDS);
      }
    }

    @Override
    public void run() {
      scheduled = false;
      List<Session> flushing = dirty;
      dirty = spare;
      long now = clock.millis();
      for (Session session : flushing) {
        session.flush(now);
      }
      flushing.clear();
      spare = flushing;
    }
  }
}
