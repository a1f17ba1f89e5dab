package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.certificate.IdentitySource;
import com.github.shiroedev2024.leaf.engine.certificate.IdentityWatch;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Takes the TLS off clients' streams. A certificate that is replaced counts for the handshakes
 * after; a client that speaks no TLS gets the alert for it, and is listened to until it leaves.
 */
final class TlsLayer implements InboundLayer {
  private final String tag;
  private final TlsLayerOptions options;
  private final boolean library;
  private final Duration timeout;
  private final Logger log;
  private final @Nullable IdentityWatch watch;
  private volatile SslContext context;
  private boolean closed;

  /**
   * @param library use BoringSSL if this machine has it; false always uses the JDK's engine
   */
  TlsLayer(String tag, TlsLayerOptions options, InboundContext environment, boolean library) {
    this.tag = tag;
    this.options = options;
    this.library = library;
    this.timeout = environment.options().get(EngineOptions.INBOUND_ACCEPT_TIMEOUT);
    this.log = environment.logs().getLogger(TlsLayer.class.getName());
    IdentitySource source = Objects.requireNonNull(options.identity());
    this.context = context(source.identity());
    this.watch =
        IdentityWatch.begin(
            "inbound '" + tag + "'", source, environment.loops().next(), this::replaced, log);
  }

  private SslContext context(Identity identity) {
    try {
      return TlsContexts.server(identity, options.alpn(), options.minVersion(), library);
    } catch (SSLException e) {
      throw new IllegalStateException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  /** On the watch's thread. */
  private synchronized void replaced(Identity identity) {
    if (!closed) {
      SslContext before = context;
      context = context(identity);
      ReferenceCountUtil.release(before); // connections hold on to it as long as they need
    }
  }

  @Override
  public void accept(Channel client, Consumer<Channel> next) {
    SSLEngine engine = engine(client);
    if (engine == null) {
      client.close();
      return;
    }
    client
        .pipeline()
        .addLast(
            new Handshake(
                engine,
                options.alpn(),
                timeout,
                "TLS client",
                CloseReason.CLIENT_RESET,
                new Handshake.Outcome() {
                  @Override
                  public void done(Channel stream) {
                    next.accept(stream);
                  }

                  @Override
                  public void failed(Channel stream, SessionException cause) {
                    log.info(
                        "inbound '{}': no TLS with {}: {}",
                        tag,
                        ClientOrigin.source(stream),
                        cause.getMessage());
                    Refusal.begin(stream, timeout);
                  }
                }));
  }

  /** A new engine of the context as it is now; null when the layer was closed meanwhile. */
  private @Nullable SSLEngine engine(Channel client) {
    while (true) {
      SslContext now = context;
      try {
        return now.newEngine(client.alloc());
      } catch (IllegalReferenceCountException e) {
        if (now == context) {
          return null;
        }
      }
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      if (watch != null) {
        watch.close();
      }
      ReferenceCountUtil.release(context);
    }
  }
}
