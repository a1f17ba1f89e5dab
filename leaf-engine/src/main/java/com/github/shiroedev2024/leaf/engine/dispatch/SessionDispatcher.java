package com.github.shiroedev2024.leaf.engine.dispatch;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.Splicing;
import com.github.shiroedev2024.leaf.engine.relay.DatagramRelay;
import com.github.shiroedev2024.leaf.engine.relay.StreamRelay;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Hop;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.session.Sessions;
import com.github.shiroedev2024.leaf.engine.session.SniffedNames;
import com.github.shiroedev2024.leaf.engine.sniff.DnsListener;
import com.github.shiroedev2024.leaf.engine.sniff.FirstBytes;
import com.github.shiroedev2024.leaf.engine.sniff.KnownNames;
import com.github.shiroedev2024.leaf.engine.spi.ClientReply;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import com.github.shiroedev2024.leaf.engine.spi.Dispatcher;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.Resolver;
import com.github.shiroedev2024.leaf.engine.spi.RuleSpec;
import com.github.shiroedev2024.leaf.engine.spi.Sniffer;
import com.github.shiroedev2024.leaf.engine.telemetry.Ledger;
import com.github.shiroedev2024.leaf.engine.telemetry.LogThrottle;
import com.github.shiroedev2024.leaf.engine.telemetry.TagTotals;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import io.netty.util.CharsetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * The way of every session: learn its name if that is wanted, route by rules, connect through the
 * outbound, note what carries it, relay. It always asks for the engine that is live when the
 * session starts.
 */
public final class SessionDispatcher implements Dispatcher {
  /** Answered here, by any inbound and on any port, so that a peer can tell that Leaf lives. */
  private static final String HEALTHCHECK_HOST = "healthcheck.leaf";

  private final Supplier<@Nullable Routing> engines;
  private final Sessions sessions;
  private final Ledger ledger;
  private final Splicing splicing;
  private final KnownNames known;
  private final Logger log;
  private final LogThrottle refusals = new LogThrottle();

  public SessionDispatcher(
      Supplier<@Nullable Routing> engines,
      Sessions sessions,
      Ledger ledger,
      Splicing splicing,
      KnownNames known,
      ILoggerFactory logs) {
    this.engines = engines;
    this.sessions = sessions;
    this.ledger = ledger;
    this.splicing = splicing;
    this.known = known;
    this.log = logs.getLogger("leaf.dispatch");
  }

  @Override
  public Session open(
      Network network,
      String inboundTag,
      InetSocketAddress source,
      Destination destination,
      @Nullable String userId,
      EventLoop loop) {
    return sessions.open(network, inboundTag, source, destination, userId, loop);
  }

  @Override
  public void serve(Session session, Channel client, ClientReply reply) {
    if (isHealthcheck(session)) {
      answerHealthcheck(session, client, reply);
      return;
    }
    Routing engine = engines.get();
    List<Sniffer> sniffers =
        engine == null || session.destination().isDomain() || !reply.mayComeFirst()
            ? List.of()
            : engine.sniffing().at(session.destination().port());
    if (sniffers.isEmpty()) {
      proceed(session, client, reply);
      return;
    }
    FirstBytes first =
        FirstBytes.install(
            session,
            client,
            sniffers,
            held -> {
              if (engine.sniffing().override()) {
                override(session);
              }
              proceed(session, client, held);
            });
    reply.granted(client, client);
    first.begin();
  }

  /** Lets the remote look up the name that the client told, whatever address it chose. */
  private static void override(Session session) {
    String name = session.names().best();
    if (name != null) {
      session.destination(Destination.of(name, session.destination().port()));
    }
  }

  private void proceed(Session session, Channel client, ClientReply reply) {
    Future<Channel> connecting = connect(session);
    if (!connecting.isDone()) {
      session.onEnd(
          reason -> {
            // Also the way of a failed connect: the session ends before its future completes.
            if (connecting.cancel(false)) {
              String detail = session.closeDetail();
              reply.refused(
                  client, new SessionException(reason, detail == null ? reason.text() : detail));
            }
          });
    }
    connecting.addListener(
        (Future<Channel> connected) -> {
          if (connected.isSuccess()) {
            relay(session, client, connected.getNow(), reply);
          } else if (!connected.isCancelled()) {
            reply.refused(
                client, SessionException.of(connected.cause(), CloseReason.INTERNAL_ERROR));
          }
        });
  }

  @Override
  public void relay(Session session, Channel client, Channel remote, ClientReply reply) {
    Routing engine = engines.get();
    if (engine == null || session.closeReason() != null) {
      remote.close();
      client.close();
      session.end(CloseReason.SHUTDOWN, null);
      return;
    }
    StreamRelay relay = StreamRelay.install(session, client, remote, engine.options(), splicing);
    reply.granted(client, remote);
    relay.begin();
  }

  @Override
  public Future<Channel> connect(Session session) {
    return open(
        session,
        (engine, outbound) -> outbound.connect(session, session.destination(), engine.system()));
  }

  @Override
  public DatagramLink associate(Session session, DatagramSink client) {
    if (isHealthcheck(session)) {
      return new HealthcheckLink(session, client);
    }
    Routing live = engines.get();
    EngineOptions options = live == null ? EngineOptions.defaults() : live.options();
    DatagramSink sink =
        live != null && live.sniffing().dns() ? new DnsListener(client, known) : client;
    DatagramRelay relay = new DatagramRelay(session, sink, options);
    if (sessions.associations() > options.get(EngineOptions.MAX_ASSOCIATIONS)) {
      refuseAssociation(session, options);
      return relay;
    }
    open(
            session,
            (engine, outbound) ->
                outbound.associate(session, session.destination(), engine.system()))
        .addListener(
            (Future<Channel> associated) -> {
              if (associated.isSuccess()) {
                relay.begin(associated.getNow());
              } else {
                relay.abandon();
              }
            });
    return relay;
  }

  /** What to ask of the outbound that a session was routed to. */
  private interface Opening {
    Future<Channel> open(Routing engine, Outbound outbound);
  }

  private Future<Channel> open(Session session, Opening opening) {
    Promise<Channel> result = session.loop().newPromise();
    Routing engine = engines.get();
    if (engine == null) {
      fail(session, result, new SessionException(CloseReason.SHUTDOWN, "Leaf is stopping"));
      return result;
    }
    InetAddress address = session.destination().address();
    String name = address != null && engine.sniffing().dns() ? known.of(address) : null;
    if (name != null) {
      session.named(SniffedNames.Origin.DNS, name);
    }
    RuleSpec rule = match(engine, session, null);
    if (rule != null || !engine.domainResolve() || !session.destination().isDomain()) {
      open(session, engine, rule, opening, result);
      return result;
    }
    engine
        .resolver()
        .resolve(session.destination().host(), Resolver.Lookup.ROUTED, session.loop())
        .addListener(
            (Future<List<InetAddress>> resolved) -> {
              if (!result.isDone()) {
                // A name that cannot be looked up goes the default way: the peer may know it.
                open(
                    session,
                    engine,
                    resolved.isSuccess()
                        ? match(engine, session, resolved.getNow().getFirst())
                        : null,
                    opening,
                    result);
              }
            });
    return result;
  }

  private static @Nullable RuleSpec match(
      Routing engine, Session session, @Nullable InetAddress resolved) {
    Destination to = session.destination();
    return engine.match(
        session.network(),
        to,
        session.inboundTag(),
        resolved,
        to.isDomain() ? null : session.names().best());
  }

  private void open(
      Session session,
      Routing engine,
      @Nullable RuleSpec rule,
      Opening opening,
      Promise<Channel> result) {
    Outbound outbound;
    if (rule == null) {
      outbound = engine.defaultOutbound();
    } else {
      session.rule(rule.text());
      outbound = engine.outbound(rule.target());
    }
    if (outbound == null) {
      fail(
          session,
          result,
          new SessionException(CloseReason.NO_ROUTE, "no outbound for " + session.destination()));
      return;
    }
    // Until it is known what carries it, and when it fails before that, it shows where it was sent.
    session.carried(new Path(List.of(outbound)), List.of());
    hand(session, opening.open(engine, outbound), result);
  }

  private void refuseAssociation(Session session, EngineOptions options) {
    long suppressed = refusals.pass(session.loop().ticker().nanoTime());
    if (suppressed >= 0) {
      log.warn(
          "refusing UDP associations: {} are open and max-associations is {}; {} more were refused"
              + " since the last such line",
          sessions.associations() - 1,
          options.get(EngineOptions.MAX_ASSOCIATIONS),
          suppressed);
    }
    session.end(CloseReason.LIMIT, "max-associations");
  }

  /** Passes on what the outbound gives, noting what carries the session. */
  private void hand(Session session, Future<Channel> connecting, Promise<Channel> result) {
    result.addListener(
        done -> {
          if (done.isCancelled()) {
            connecting.cancel(false);
          }
        });
    connecting.addListener(
        (Future<Channel> connected) -> {
          if (!connected.isSuccess()) {
            fail(
                session,
                result,
                SessionException.of(connected.cause(), CloseReason.INTERNAL_ERROR));
            return;
          }
          Channel channel = connected.getNow();
          if (session.closeReason() != null) {
            channel.close();
            return;
          }
          Path path = Path.of(channel);
          session.carried(path, totals(session, path));
          if (!result.trySuccess(channel)) {
            channel.close();
          }
        });
  }

  private List<TagTotals> totals(Session session, Path path) {
    List<TagTotals> totals = new ArrayList<>(path.hops().size() + 2);
    totals.add(ledger.inbound(session.inboundTag()));
    for (Hop hop : path.hops()) {
      TagTotals of = ledger.outbound(hop.tag());
      if (!totals.contains(of)) {
        totals.add(of);
      }
    }
    String user = session.userId();
    TagTotals ofUser = user == null ? null : ledger.user(user);
    if (ofUser != null) {
      totals.add(ofUser);
    }
    return totals;
  }

  /** Ends the session; who waits for the result tells the client, so nothing is closed here. */
  private static void fail(Session session, Promise<Channel> result, SessionException cause) {
    session.onEnd(reason -> {});
    session.end(cause.reason(), cause.getMessage());
    result.tryFailure(cause);
  }

  private static boolean isHealthcheck(Session session) {
    return session.destination().host().equalsIgnoreCase(HEALTHCHECK_HOST);
  }

  private static void answerHealthcheck(Session session, Channel client, ClientReply reply) {
    session.onEnd(reason -> client.close());
    reply.granted(client, client);
    client
        .writeAndFlush(Unpooled.copiedBuffer("PONG", CharsetUtil.US_ASCII))
        .addListener(ChannelFutureListener.CLOSE)
        .addListener(
            written -> {
              session.countReceived(4);
              session.end(CloseReason.FINISHED, null);
            });
  }
}
