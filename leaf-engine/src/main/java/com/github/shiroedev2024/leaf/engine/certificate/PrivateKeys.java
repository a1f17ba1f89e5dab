package com.github.shiroedev2024.leaf.engine.certificate;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;

/**
 * Reads private keys: PKCS #8 (RFC 5958), PKCS #1 for RSA (RFC 8017) and SEC 1 for elliptic curves
 * (RFC 5915). The latter two are put into a PKCS #8 envelope, whose algorithm is that of the public
 * key which they must fit.
 */
final class PrivateKeys {
  private PrivateKeys() {}

  /**
   * The first private key of a PEM text.
   *
   * @param fits the public key of the certificate that it is for
   * @throws CertificateException with what is wrong with it
   */
  static PrivateKey read(String pem, PublicKey fits) throws CertificateException {
    for (Pem.Block block : Pem.blocks(pem)) {
      switch (block.label()) {
        case "PRIVATE KEY" -> {
          return key(block.content(), fits);
        }
        case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> {
          String algorithm = block.label().startsWith("RSA") ? "RSA" : "EC";
          if (!algorithm.equals(fits.getAlgorithm())) {
            throw new CertificateException(mismatch(algorithm, fits));
          }
          return key(envelope(block.content(), fits), fits);
        }
        case "ENCRYPTED PRIVATE KEY" ->
            throw new CertificateException("the key is encrypted; store it without a passphrase");
        default -> {} // EC PARAMETERS, certificates
      }
    }
    throw new CertificateException("there is no PEM private key in it");
  }

  private static String mismatch(String algorithm, PublicKey fits) {
    return "the key is of type "
        + algorithm
        + ", the certificate is for one of type "
        + fits.getAlgorithm();
  }

  private static PrivateKey key(byte[] pkcs8, PublicKey fits) throws CertificateException {
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pkcs8);
    for (String algorithm : new String[] {fits.getAlgorithm(), "EC", "RSA", "EdDSA"}) {
      PrivateKey key;
      try {
        key = KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        continue; // of another algorithm, or broken: told below
      } catch (GeneralSecurityException e) {
        throw new CertificateException("keys of type " + algorithm + " are not supported", e);
      }
      if (!algorithm.equals(fits.getAlgorithm())) {
        throw new CertificateException(mismatch(algorithm, fits));
      }
      return key;
    }
    throw new CertificateException("the key is damaged or of a type that is not supported");
  }

  /** The old form in the new one. */
  private static byte[] envelope(byte[] old, PublicKey fits) throws CertificateException {
    return Der.sequence(
        Der.integer(BigInteger.ZERO), algorithm(fits), Der.value(Der.OCTET_STRING, old));
  }

  /** The algorithm of a public key: the first part of its X.509 encoding. */
  private static byte[] algorithm(PublicKey key) throws CertificateException {
    byte[] encoded = key.getEncoded();
    // SEQUENCE { SEQUENCE algorithm, BIT STRING }
    int at = contentStart(encoded, 0);
    int start = contentStart(encoded, at);
    int end = start + contentLength(encoded, at);
    if (end > encoded.length) {
      throw new CertificateException("the certificate's key cannot be read");
    }
    return java.util.Arrays.copyOfRange(encoded, at, end);
  }

  private static int contentStart(byte[] der, int at) {
    int length = der[at + 1] & 0xff;
    return at + 2 + (length < 0x80 ? 0 : length & 0x7f);
  }

  private static int contentLength(byte[] der, int at) {
    int length = der[at + 1] & 0xff;
    if (length < 0x80) {
      return length;
    }
    int n = 0;
    for (int i = 0; i < (length & 0x7f); i++) {
      n = (n << 8) | (der[at + 2 + i] & 0xff);
    }
    return n;
  }
}
