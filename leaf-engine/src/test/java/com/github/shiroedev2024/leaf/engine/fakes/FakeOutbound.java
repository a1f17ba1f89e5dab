package com.github.shiroedev2024.leaf.engine.fakes;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A node that succeeds, refuses, throws or waits, as told, and remembers what it was asked. */
public final class FakeOutbound implements Outbound {
  /** What becomes of a connect or associate. */
  public enum Mood {
    UP,
    REFUSES,
    SILENT,
    THROWS
  }

  /** One call. */
  public record Call(Network network, Destination destination, Promise<Channel> promise) {}

  public final List<Call> calls = new ArrayList<>();
  public final List<EmbeddedChannel> channels = new ArrayList<>();
  public Mood mood = Mood.UP;
  private final String tag;
  private final Set<Network> carried;

  public FakeOutbound(String tag) {
    this(tag, EnumSet.allOf(Network.class));
  }

  public FakeOutbound(String tag, Set<Network> carried) {
    this.tag = tag;
    this.carried = carried;
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public boolean carries(Network network) {
    return carried.contains(network);
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    return open(session, Network.TCP, destination);
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return open(session, Network.UDP, first);
  }

  private Future<Channel> open(Session session, Network network, Destination destination) {
    Promise<Channel> promise = session.loop().newPromise();
    calls.add(new Call(network, destination, promise));
    switch (mood) {
      case UP -> succeed(calls.size() - 1);
      case REFUSES ->
          promise.setFailure(new SessionException(CloseReason.REFUSED, "connection refused"));
      case SILENT -> {}
      case THROWS -> throw new IllegalStateException("out of order");
    }
    return promise;
  }

  /** Lets a silent call come up; its channel is closed if nobody wants it any more. */
  public EmbeddedChannel succeed(int call) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channels.add(channel);
    Path.passed(channel, this);
    if (!calls.get(call).promise().trySuccess(channel)) {
      channel.close();
    }
    return channel;
  }

  /** How many of its channels are open. */
  public int open() {
    return (int) channels.stream().filter(Channel::isOpen).count();
  }

  @Override
  public String toString() {
    return tag;
  }
}
