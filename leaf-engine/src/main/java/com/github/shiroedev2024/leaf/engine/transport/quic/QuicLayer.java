package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.certificate.IdentitySource;
import com.github.shiroedev2024.leaf.engine.certificate.IdentityWatch;
import com.github.shiroedev2024.leaf.engine.os.DescriptorLimit;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Takes QUIC connections on a UDP socket and hands their streams on. A certificate that is replaced
 * counts for the connections after.
 */
final class QuicLayer implements InboundLayer {
  private static final int SECRET_BYTES = 32;

  private final String tag;
  private final QuicLayerOptions options;
  private final InboundContext environment;
  private final EngineOptions limits;
  private final Logger log;
  private final @Nullable IdentityWatch watch;
  private volatile QuicSslContext context;

  QuicLayer(String tag, QuicLayerOptions options, InboundContext environment) {
    this.tag = tag;
    this.options = options;
    this.environment = environment;
    this.limits = environment.options();
    this.log = environment.logs().getLogger(QuicLayer.class.getName());
    IdentitySource source = Objects.requireNonNull(options.identity());
    this.context = context(source.identity());
    this.watch =
        IdentityWatch.begin(
            "inbound '" + tag + "'",
            source,
            environment.loops().next(),
            identity -> context = context(identity),
            log);
  }

  private QuicSslContext context(Identity identity) {
    return QuicSslContextBuilder.forServer(
            identity.key(), null, identity.chain().toArray(new X509Certificate[0]))
        .applicationProtocols(options.alpn().toArray(new String[0]))
        .build();
  }

  @Override
  public void accept(Channel client, Consumer<Channel> next) {
    throw new IllegalStateException("quic is reached over UDP; the reader lets nothing else pass");
  }

  @Override
  public void attach(Channel udp, Consumer<Channel> next) {
    int most =
        DescriptorLimit.maxConnections(
            limits.get(EngineOptions.MAX_CONNECTIONS),
            DescriptorLimit.maxPipes(limits.get(EngineOptions.RELAY_SPLICE_PIPES)));
    QuicListener listener = new QuicListener(tag, most, log);
    byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    QuicServerCodecBuilder codec =
        QuicCodecs.common(
                new QuicServerCodecBuilder(),
                limits.get(EngineOptions.QUIC_SERVER_MAX_IDLE_TIMEOUT_MS),
                limits.get(EngineOptions.QUIC_MAX_CONCURRENT_BIDI_STREAMS))
            .sslEngineProvider(connection -> context.newEngine(connection.alloc()))
            .tokenHandler(new AddressTokens(secret, environment.clock(), listener::takesConnection))
            .handler(
                new ChannelInitializer<QuicChannel>() {
                  @Override
                  protected void initChannel(QuicChannel connection) {
                    listener.add(connection);
                    connection
                        .pipeline()
                        .addLast(new QuicServer(connection, listener, limits, next, log));
                  }
                })
            .streamHandler(
                new ChannelInitializer<QuicStreamChannel>() {
                  @Override
                  protected void initChannel(QuicStreamChannel stream) {
                    stream.parent().pipeline().get(QuicServer.class).accept(stream);
                  }
                });
    udp.pipeline().addLast(listener, codec.build());
  }

  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
  }
}
