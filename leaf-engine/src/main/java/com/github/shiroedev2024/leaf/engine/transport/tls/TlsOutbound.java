package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/** Secures the stream to whatever it is asked for, the server checked. Carries no datagrams. */
final class TlsOutbound implements Outbound {
  private final String tag;
  private final TlsOptions options;
  private final SslContext context;
  private final Duration timeout;
  private final Logger log;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param library use BoringSSL if this machine has it; false always uses the JDK's engine
   */
  TlsOutbound(
      String tag, TlsOptions options, EngineOptions limits, ILoggerFactory logs, boolean library) {
    this.tag = tag;
    this.options = options;
    this.timeout = limits.get(EngineOptions.OUTBOUND_DIAL_TIMEOUT);
    this.log = logs.getLogger(TlsOutbound.class.getName());
    try {
      this.context = TlsContexts.client(options, library);
    } catch (SSLException e) {
      throw new IllegalStateException("outbound '" + tag + "': TLS cannot be set up", e);
    }
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public boolean carries(Network network) {
    return network == Network.TCP;
  }

  @Override
  public void start() {
    if (options.trust().checksNothing()) {
      log.warn(
          "outbound '{}' is insecure: it accepts any certificate, so whoever is in between can"
              + " read and change all it carries",
          tag);
    }
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    return Connecting.then(
        session,
        below.dial(session, destination),
        (channel, ready) -> {
          String name = options.serverName() == null ? destination.host() : options.serverName();
          String peer = "TLS server " + destination;
          SSLEngine engine;
          try {
            engine = context.newEngine(channel.alloc(), name, destination.port());
          } catch (IllegalReferenceCountException e) {
            ready.tryFailure(
                new SessionException(
                    CloseReason.OUTBOUND_REMOVED, CloseReason.OUTBOUND_REMOVED.text(), e));
            return;
          }
          Handshake handshake =
              new Handshake(
                  engine,
                  Alpn.NONE,
                  timeout,
                  peer,
                  CloseReason.REMOTE_RESET,
                  new Handshake.Outcome() {
                    @Override
                    public void done(Channel stream) {
                      Path.passed(stream, TlsOutbound.this);
                      Connecting.deliver(ready, stream);
                    }

                    @Override
                    public void failed(Channel stream, SessionException cause) {
                      ready.tryFailure(cause.at(peer));
                    }
                  });
          channel.pipeline().addLast(handshake);
        });
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    return Connecting.failed(
        session, CloseReason.NOT_SUPPORTED, "outbound '" + tag + "': TLS carries no UDP");
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      ReferenceCountUtil.release(context);
    }
  }
}
