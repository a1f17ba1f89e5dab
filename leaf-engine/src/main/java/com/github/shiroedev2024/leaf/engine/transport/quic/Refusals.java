package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.certificate.CertificateRefused;
import com.github.shiroedev2024.leaf.engine.certificate.ServerTrust;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Checks servers' certificates and remembers why one was refused until the connection asks: the
 * library tells that it was, and no more.
 */
final class Refusals extends X509ExtendedTrustManager {
  private final ServerTrust trust;
  private final String wanted;
  private final Map<SSLEngine, CertificateRefused> refused = new ConcurrentHashMap<>(2);

  /**
   * @param wanted the name or address that certificates must be for; the library's engines do not
   *     know it
   */
  Refusals(ServerTrust trust, String wanted) {
    this.trust = trust;
    this.wanted = wanted;
  }

  /** Why the server at the other end of this engine was refused; null when it was not. Once. */
  @Nullable CertificateRefused take(SSLEngine engine) {
    return refused.remove(engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    try {
      trust.check(chain, authType, wanted);
    } catch (CertificateRefused e) {
      refused.put(engine, e);
      throw e;
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    trust.check(chain, authType, wanted);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
    trust.checkServerTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    trust.checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    trust.checkClientTrusted(chain, authType, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    trust.checkClientTrusted(chain, authType, socket);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return trust.getAcceptedIssuers();
  }
}
