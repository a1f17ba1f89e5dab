package com.github.shiroedev2024.leaf.engine.probe;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.ProbeTarget;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One probe: a session that no statistics know of, a connection, a question, the time to the right
 * answer. All on its loop.
 */
final class Probe {
  /** What a probe's session names as its inbound. */
  static final String INBOUND = "probe";

  private final Outbound outbound;
  private final Network network;
  private final ProbeTarget target;
  private final Destination destination;
  private final Dialer system;
  private final TlsContext tls;
  private final EventLoop loop;
  private final Promise<Duration> result;
  private String stage = "no connection";
  private long startNanos;

  Probe(
      Outbound outbound,
      Network network,
      ProbeTarget target,
      Destination destination,
      Dialer system,
      TlsContext tls,
      EventLoop loop,
      Promise<Duration> result) {
    this.outbound = outbound;
    this.network = network;
    this.target = target;
    this.destination = destination;
    this.system = system;
    this.tls = tls;
    this.loop = loop;
    this.result = result;
  }

  EventLoop loop() {
    return loop;
  }

  Promise<Duration> result() {
    return result;
  }

  /** Fails the probe, if it has not ended; from any thread. */
  void fail(CloseReason reason, String message) {
    result.tryFailure(
        new SessionException(
            reason, "probe of '" + outbound.tag() + "' over " + network.word() + ": " + message));
  }

  private void fail(Throwable cause) {
    SessionException known = SessionException.of(cause, CloseReason.DIAL_FAILED);
    fail(known.reason(), String.valueOf(known.getMessage()));
  }

  void start() {
    if (result.isDone()) {
      return;
    }
    if (network == Network.TCP && target.isHttps() && !target.asksLeaf()) {
      // Loading the trust store once is no part of the round trip.
      tls.get(loop)
          .addListener(
              (Future<SslContext> f) -> {
                if (f.isSuccess()) {
                  open(f.getNow());
                } else {
                  fail(CloseReason.INTERNAL_ERROR, "no TLS: " + f.cause().getMessage());
                }
              });
    } else {
      open(null);
    }
  }

  private void open(@Nullable SslContext context) {
    if (result.isDone()) {
      return;
    }
    startNanos = loop.ticker().nanoTime();
    Session session =
        new Session(
            0,
            network,
            INBOUND,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            destination,
            null,
            loop,
            SessionEvents.NONE,
            0);
    Future<?> timer =
        loop.schedule(this::timedOut, target.timeout().toNanos(), TimeUnit.NANOSECONDS);
    Future<Channel> opened = opened(session);
    result.addListener(
        done -> {
          timer.cancel(false);
          opened.cancel(false);
          session.end(CloseReason.FINISHED, null);
        });
    opened.addListener((Future<Channel> f) -> ask(f, context));
  }

  private Future<Channel> opened(Session session) {
    try {
      return network == Network.TCP
          ? outbound.connect(session, destination, system)
          : outbound.associate(session, destination, system);
    } catch (RuntimeException e) {
      return loop.newFailedFuture(SessionException.of(e, CloseReason.INTERNAL_ERROR));
    }
  }

  private void timedOut() {
    fail(
        CloseReason.HANDSHAKE_TIMEOUT,
        stage + " within " + Math.max(1, target.timeout().toMillis()) + " ms");
  }

  private void ask(Future<Channel> opened, @Nullable SslContext context) {
    if (!opened.isSuccess()) {
      fail(opened.cause());
      return;
    }
    Channel channel = opened.getNow();
    if (result.isDone()) {
      channel.close();
      return;
    }
    stage = "no answer";
    result.addListener(done -> channel.close());
    if (context != null) {
      String host = destination.host();
      channel.pipeline().addLast(context.newHandler(channel.alloc(), host, destination.port()));
    }
    channel.pipeline().addLast(question());
    channel.config().setAutoRead(true);
  }

  private ChannelHandler question() {
    Answer answer =
        new Answer() {
          @Override
          public void right() {
            result.trySuccess(Duration.ofNanos(loop.ticker().nanoTime() - startNanos));
          }

          @Override
          public void wrong(CloseReason reason, String message) {
            fail(reason, message);
          }
        };
    if (network == Network.UDP) {
      return target.asksLeaf()
          ? new DatagramQuestion(destination, new PongCodec(), answer)
          : new DatagramQuestion(
              destination,
              new DnsCodec(ThreadLocalRandom.current().nextInt(0x10000), target.dnsName()),
              answer);
    }
    return new StreamQuestion(
        target.asksLeaf() ? new PongCodec() : new StatusCodec(target.url()), answer);
  }
}
