package com.github.shiroedev2024.leaf.engine.certificate;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What a {@link ServerTrust} trusts, for a library that has to be told of a refusal in a way of its
 * own: subclasses say how the certificate of an engine's server is checked.
 */
public abstract class EngineTrust extends X509ExtendedTrustManager {
  /** What decides. */
  protected final ServerTrust trust;

  protected EngineTrust(ServerTrust trust) {
    this.trust = trust;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    trust.checkServerTrusted(chain, authType);
  }

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
    trust.checkServerTrusted(chain, authType, socket);
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    trust.checkClientTrusted(chain, authType);
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    trust.checkClientTrusted(chain, authType, engine);
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    trust.checkClientTrusted(chain, authType, socket);
  }

  @Override
  public final X509Certificate[] getAcceptedIssuers() {
    return trust.getAcceptedIssuers();
  }
}
