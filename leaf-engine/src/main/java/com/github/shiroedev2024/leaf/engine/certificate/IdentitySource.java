package com.github.shiroedev2024.leaf.engine.certificate;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a server's certificate and key, checked. Two of them are equal when they name the
 * same and had the same content when they were read.
 */
public final class IdentitySource {
  /** The settings that {@link #read} understands. */
  public static final List<Key> KEYS =
      List.of(
          new Key(
              "certificate",
              "required",
              "path or PEM text of the certificate, the server's own first; read again when the"
                  + " file changes"),
          new Key(
              "certificateKey",
              "required",
              "path or PEM text of its key (PKCS #8, PKCS #1, SEC 1)"),
          new Key(
              "rawCertificate", "none", "instead of certificate: PEM text or list of its lines"),
          new Key(
              "rawCertificateKey",
              "none",
              "instead of certificateKey: PEM text or list of its lines"));

  private final PemSource certificate;
  private final PemSource key;
  private final Identity first;
  private final String firstStamp;

  private IdentitySource(PemSource certificate, PemSource key, Identity first) {
    this.certificate = certificate;
    this.key = key;
    this.first = first;
    this.firstStamp = stamp();
  }

  /** Reads and checks both; reports what is wrong, and answers null then. */
  public static @Nullable IdentitySource read(Settings settings) {
    PemSource certificate = required(settings, "certificate", "rawCertificate");
    PemSource key = required(settings, "certificateKey", "rawCertificateKey");
    if (certificate == null || key == null) {
      return null;
    }
    try {
      Pem.certificates(certificate.text());
    } catch (CertificateException e) {
      settings.error(
          certificate.key(),
          certificate.told() + ": " + e.getMessage(),
          "write the certificate chain in PEM; 'leaf cert' makes one for trying out");
      return null;
    }
    try {
      return new IdentitySource(certificate, key, Identity.read(certificate.text(), key.text()));
    } catch (CertificateException e) {
      settings.error(
          key.key(),
          key.told() + ": " + e.getMessage(),
          "name the private key that " + certificate.told() + " was made for, in PEM");
      return null;
    }
  }

  private static @Nullable PemSource required(Settings settings, String name, String raw) {
    if (!settings.has(name) && !settings.has(raw)) {
      settings.required(name); // says what is missing
      return null;
    }
    return PemSource.read(settings, name, raw);
  }

  /** What it was when the configuration was read. */
  public Identity identity() {
    return first;
  }

  /** The files that it comes from, those that there are. */
  List<Path> files() {
    List<Path> files = new ArrayList<>(2);
    for (PemSource source : List.of(certificate, key)) {
      if (source.file() != null) {
        files.add(source.file());
      }
    }
    return files;
  }

  /**
   * Reads the files again. Blocks.
   *
   * @throws CertificateException with the file and what is wrong with it
   */
  Identity reread() throws CertificateException {
    try {
      return Identity.read(now(certificate), now(key));
    } catch (CertificateException e) {
      throw new CertificateException(this + ": " + e.getMessage(), e);
    }
  }

  private static String now(PemSource source) throws CertificateException {
    try {
      return source.now();
    } catch (IOException e) {
      throw new CertificateException(PemSource.why(e), e);
    }
  }

  /** What {@link #stamp} was when the configuration was read. */
  String firstStamp() {
    return firstStamp;
  }

  /** Times and sizes of the files, which tell whether one was written since. Blocks. */
  final String stamp() {
    StringBuilder stamp = new StringBuilder();
    for (Path file : files()) {
      try {
        stamp.append(Files.getLastModifiedTime(file)).append(' ').append(Files.size(file));
      } catch (IOException e) {
        stamp.append(PemSource.why(e));
      }
      stamp.append('\n');
    }
    return stamp.toString();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof IdentitySource other
        && certificate.equals(other.certificate)
        && key.equals(other.key);
  }

  @Override
  public int hashCode() {
    return 31 * certificate.hashCode() + key.hashCode();
  }

  /** Where both come from, never the key. */
  @Override
  public String toString() {
    return certificate + " and " + key;
  }
}
