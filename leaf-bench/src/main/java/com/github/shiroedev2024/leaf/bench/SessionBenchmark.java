package com.github.shiroedev2024.leaf.bench;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
import com.github.shiroedev2024.leaf.engine.telemetry.Ledger;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The counters: into the session with every read, from there into the totals of its tags. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SessionBenchmark {
  private final Session session = session(new EmbeddedChannel().eventLoop());
  private final Ledger ledger = new Ledger();
  private long now = 1;

  /** Counted for an inbound, a group and a node, as most sessions are. */
  @Setup
  public void ready() {
    session.carried(
        Path.NONE, List.of(ledger.inbound("in"), ledger.outbound("OUT"), ledger.outbound("node")));
  }

  static Session session(EventLoop loop) {
    InetSocketAddress source = new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);
    Destination destination = Destination.of("www.example.com", 443);
    return new Session(
        1, Network.TCP, "in", source, destination, null, loop, SessionEvents.NONE, 0);
  }

  /** A read on each side. */
  @Benchmark
  public long count() {
    session.countSent(100);
    session.countReceived(1000);
    return session.received();
  }

  /** The same, passed on to the totals. */
  @Benchmark
  public long flush() {
    session.countSent(100);
    session.countReceived(1000);
    session.flush(now++);
    return session.received();
  }
}
