package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.certificate.ServerTrust;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;

/** Makes the engines' contexts: BoringSSL's where this machine has it, else the JDK's. */
final class TlsContexts {
  /** Sessions a client remembers, of all hosts and ports it was used for. */
  private static final long SESSIONS = 1024;

  private TlsContexts() {}

  static boolean nativeAvailable() {
    return OpenSsl.isAvailable();
  }

  static SslContext client(TlsOptions options, boolean library) throws SSLException {
    SslProvider provider = provider(library);
    ServerTrust trust = options.trust().trust();
    return SslContextBuilder.forClient()
        .sslProvider(provider)
        .trustManager(provider == SslProvider.JDK ? trust : new NativeTrust(trust))
        .endpointIdentificationAlgorithm(null) // the trust looks at the name itself
        .protocols(options.minVersion().protocols())
        .applicationProtocolConfig(alpn(options.alpn()))
        .sessionCacheSize(SESSIONS)
        .build();
  }

  static SslContext server(Identity identity, Alpn alpn, TlsVersion least, boolean library)
      throws SSLException {
    return SslContextBuilder.forServer(
            identity.key(), identity.chain().toArray(new X509Certificate[0]))
        .sslProvider(provider(library))
        .protocols(least.protocols())
        .applicationProtocolConfig(alpn(alpn))
        .build();
  }

  private static SslProvider provider(boolean library) {
    return library && nativeAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
  }

  private static ApplicationProtocolConfig alpn(Alpn alpn) {
    return alpn.protocols().isEmpty()
        ? ApplicationProtocolConfig.DISABLED
        : new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            alpn.protocols());
  }
}
