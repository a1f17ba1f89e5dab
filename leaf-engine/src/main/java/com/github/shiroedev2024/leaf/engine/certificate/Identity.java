package com.github.shiroedev2024.leaf.engine.certificate;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Who a server is: its certificate chain and the private key of the first certificate.
 *
 * @param chain the server's own certificate first, at least one
 */
public record Identity(PrivateKey key, List<X509Certificate> chain) {
  public Identity {
    chain = List.copyOf(chain);
  }

  /**
   * The identity of two PEM texts.
   *
   * @throws CertificateException with what is wrong: not PEM, damaged, or a key that does not fit
   */
  public static Identity read(String certificates, String key) throws CertificateException {
    List<X509Certificate> chain = Pem.certificates(certificates);
    PublicKey published = chain.getFirst().getPublicKey();
    PrivateKey read = PrivateKeys.read(key, published);
    if (!fits(read, published)) {
      throw new CertificateException("the key does not belong to the certificate");
    }
    return new Identity(read, chain);
  }

  /** Whether what the key signs is what the certificate's key verifies. */
  private static boolean fits(PrivateKey key, PublicKey published) throws CertificateException {
    String algorithm =
        switch (published.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          case "EdDSA" -> "EdDSA";
          default ->
              throw new CertificateException(
                  "certificates for keys of type "
                      + published.getAlgorithm()
                      + " are not supported");
        };
    byte[] text = new byte[32];
    new SecureRandom().nextBytes(text);
    try {
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(text);
      Signature verifying = Signature.getInstance(algorithm);
      verifying.initVerify(published);
      verifying.update(text);
      return verifying.verify(signing.sign());
    } catch (GeneralSecurityException e) {
      return false; // a key of another curve or size
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "identity of " + chain.getFirst().getSubjectX500Principal();
  }
}
