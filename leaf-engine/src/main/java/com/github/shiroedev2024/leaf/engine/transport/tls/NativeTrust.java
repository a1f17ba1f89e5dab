package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.certificate.CertificateRefused;
import com.github.shiroedev2024.leaf.engine.certificate.EngineTrust;
import com.github.shiroedev2024.leaf.engine.certificate.ServerTrust;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import io.netty.handler.ssl.OpenSslCertificateException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;

/**
 * A trust for BoringSSL, which learns what is wrong with a certificate from a number. Without one
 * it tells the server of an internal error, where the alerts of RFC 8446, section 6.2, say what is
 * wrong.
 */
final class NativeTrust extends EngineTrust {
  // Numbers of x509_vfy.h; the alert that BoringSSL makes of each.
  private static final int EXPIRED = 10; // certificate_expired
  private static final int NO_ISSUER = 20; // unknown_ca
  private static final int OTHER_NAME = 62; // bad_certificate

  NativeTrust(ServerTrust trust) {
    super(trust);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    try {
      trust.checkServerTrusted(chain, authType, engine);
    } catch (CertificateRefused e) {
      throw new OpenSslCertificateException(e, number(e.reason()));
    }
  }

  private static int number(CloseReason reason) {
    return switch (reason) {
      case CERTIFICATE_EXPIRED -> EXPIRED;
      case CERTIFICATE_MISMATCH -> OTHER_NAME;
      default -> NO_ISSUER;
    };
  }
}
