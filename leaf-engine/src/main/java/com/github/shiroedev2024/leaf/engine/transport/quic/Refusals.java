package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.certificate.CertificateRefused;
import com.github.shiroedev2024.leaf.engine.certificate.EngineTrust;
import com.github.shiroedev2024.leaf.engine.certificate.ServerTrust;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Checks servers' certificates and remembers why one was refused until the connection asks: the
 * library tells that it was, and no more.
 */
final class Refusals extends EngineTrust {
  private final String wanted;
  private final Map<SSLEngine, CertificateRefused> refused = new ConcurrentHashMap<>(2);

  /**
   * @param wanted the name or address that certificates must be for; the library's engines do not
   *     know it
   */
  Refusals(ServerTrust trust, String wanted) {
    super(trust);
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
}
