package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/** Takes the TLS off clients' streams. */
final class TlsLayer implements InboundLayer {
  private final String tag;
  private final SslContext context;
  private final Duration timeout;
  private final Logger log;
  private final AtomicBoolean closed = new AtomicBoolean();

  TlsLayer(
      String tag,
      TlsLayerOptions options,
      EngineOptions limits,
      ILoggerFactory logs,
      boolean library) {
    this.tag = tag;
    this.timeout = limits.get(EngineOptions.INBOUND_ACCEPT_TIMEOUT);
    this.log = logs.getLogger(TlsLayer.class.getName());
    Identity identity = Objects.requireNonNull(options.identity());
    try {
      this.context = TlsContexts.server(identity, options.alpn(), options.minVersion(), library);
    } catch (SSLException e) {
      throw new IllegalStateException("inbound '" + tag + "': TLS cannot be set up", e);
    }
  }

  @Override
  public void accept(Channel client, Consumer<Channel> next) {
    Handshake handshake =
        new Handshake(
            context.newEngine(client.alloc()),
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
                log.debug(
                    "inbound '{}': no TLS with {}: {}",
                    tag,
                    ClientOrigin.source(stream),
                    cause.getMessage());
                Refusal.begin(stream, timeout);
              }
            });
    client.pipeline().addLast(handshake);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      ReferenceCountUtil.release(context);
    }
  }
}
