package com.github.shiroedev2024.leaf.engine.fakes;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.helpers.NOPLoggerFactory;

/**
 * Grants every stream at once, the client itself standing for the remote, so that what an inbound
 * decodes comes out at the tail of the client's own pipeline. For embedded channels.
 */
public final class InstantDispatcher implements Dispatcher {
  private final List<Session> sessions = new ArrayList<>();

  /** What was opened, the oldest first. */
  public List<Session> sessions() {
    return List.copyOf(sessions);
  }

  /** The context of an inbound that this dispatcher serves. */
  public InboundContext context(InstantSource clock) {
    return new Context(this, clock);
  }

  @Override
  public Session open(
      Network network,
      String inboundTag,
      InetSocketAddress source,
      Destination destination,
      @Nullable String userId,
      EventLoop loop) {
    Session session =
        new Session(
            sessions.size() + 1L,
            network,
            inboundTag,
            source,
            destination,
            userId,
            loop,
            SessionEvents.NONE,
            0);
    sessions.add(session);
    return session;
  }

  @Override
  public void serve(Session session, Channel client, ClientReply reply) {
    reply.granted(client, client);
    client.config().setAutoRead(true);
  }

  @Override
  public Future<Channel> connect(Session session) {
    throw new AssertionError("not for embedded channels");
  }

  @Override
  public void relay(Session session, Channel client, Channel remote, ClientReply reply) {
    throw new AssertionError("not for embedded channels");
  }

  @Override
  public DatagramLink associate(Session session, DatagramSink client) {
    throw new AssertionError("not for embedded channels");
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
