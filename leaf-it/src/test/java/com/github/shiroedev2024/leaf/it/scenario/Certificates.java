package com.github.shiroedev2024.leaf.it.scenario;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.certificate.SelfSigned;
import com.github.shiroedev2024.leaf.engine.certificate.ServerTrust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A certificate that vouches for itself, and its key, as files.
 *
 * @param certificate PEM
 * @param key PEM
 * @param digest what clients pin, in hex
 */
record Certificates(Path certificate, Path key, String digest) {
  /** The name that servers of scenarios have. */
  static final String NAME = "leaf.test";

  /** Makes one that is valid now. */
  static Certificates make(Path folder, String file, String name) {
    Instant now = Instant.now();
    return make(folder, file, name, now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(2)));
  }

  /** Makes one, in place of what is there; the key first, as {@code leaf cert} does. */
  static Certificates make(Path folder, String file, String name, Instant from, Instant until) {
    Identity made = SelfSigned.make(List.of(name), from, until);
    X509Certificate certificate = made.chain().getFirst();
    try {
      return new Certificates(
          Files.writeString(
              folder.resolve(file + ".pem"),
              SelfSigned.pem("CERTIFICATE", certificate.getEncoded())),
          Files.writeString(
              folder.resolve(file + ".key"),
              SelfSigned.pem("PRIVATE KEY", made.key().getEncoded())),
          ServerTrust.digest(certificate));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (CertificateEncodingException e) {
      throw new AssertionError("a certificate that was just made has its bytes", e);
    }
  }
}
