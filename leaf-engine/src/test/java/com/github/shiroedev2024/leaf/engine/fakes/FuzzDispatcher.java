package com.github.shiroedev2024.leaf.engine.fakes;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ClientReply;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import com.github.shiroedev2024.leaf.engine.spi.Dispatcher;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.helpers.NOPLoggerFactory;

/**
 * Serves what fuzzed inbounds ask for: streams are granted at once, the client itself standing for
 * the remote; datagrams are dropped; connections fail.
 */
public final class FuzzDispatcher implements Dispatcher {
  /** The context of an inbound that this dispatcher serves, where it is always this time. */
  public static InboundContext context(long unixSeconds) {
    return new Context(
        new FuzzDispatcher(), InstantSource.fixed(Instant.ofEpochSecond(unixSeconds)));
  }

  @Override
  public Session open(
      Network network,
      String inboundTag,
      InetSocketAddress source,
      Destination destination,
      @Nullable String userId,
      EventLoop loop) {
    return new Session(
        1, network, inboundTag, source, destination, userId, loop, SessionEvents.NONE, 0);
  }

  @Override
  public void serve(Session session, Channel client, ClientReply reply) {
    reply.granted(client, client);
    client.config().setAutoRead(true);
  }

  @Override
  public Future<Channel> connect(Session session) {
    return session
        .loop()
        .newFailedFuture(new SessionException(CloseReason.REFUSED, "nothing is connected"));
  }

  @Override
  public void relay(Session session, Channel client, Channel remote, ClientReply reply) {
    throw new AssertionError("nothing is connected");
  }

  @Override
  public DatagramLink associate(Session session, DatagramSink client) {
    return datagram -> datagram.release();
  }

  private record Context(Dispatcher dispatcher, InstantSource clock) implements InboundContext {
    @Override
    public EngineOptions options() {
      return EngineOptions.defaults();
    }

    @Override
    public ILoggerFactory logs() {
      return new NOPLoggerFactory();
    }

    @Override
    public InboundSpec part(String tag) {
      throw new AssertionError("no part '" + tag + "'");
    }

    @Override
    public EventLoopGroup loops() {
      throw new AssertionError("a client brings its loop");
    }
  }
}
