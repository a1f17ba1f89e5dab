package com.github.shiroedev2024.leaf.engine.certificate;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.List;

/** PEM blocks, certificates and keys; {@code ---8<---} parts the certificates from the key. */
public final class PemFuzz {
  private static final PublicKey KEY =
      SelfSigned.make(List.of("a.example"), Instant.EPOCH, Instant.EPOCH.plusSeconds(1))
          .chain()
          .getFirst()
          .getPublicKey();

  private PemFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    String[] parts = new String(input, ISO_8859_1).split("---8<---", 2);
    try {
      Pem.certificates(parts[0]).forEach(c -> ServerNames.match(c, "a.example"));
    } catch (CertificateException e) {
      requireMessage(e);
    }
    String key = parts[parts.length - 1];
    try {
      PrivateKeys.read(key, KEY);
    } catch (CertificateException e) {
      requireMessage(e);
    }
    try {
      Identity.read(parts[0], key);
    } catch (CertificateException e) {
      requireMessage(e);
    }
  }

  private static void requireMessage(CertificateException e) {
    if (e.getMessage() == null) {
      throw new AssertionError(e);
    }
  }
}
