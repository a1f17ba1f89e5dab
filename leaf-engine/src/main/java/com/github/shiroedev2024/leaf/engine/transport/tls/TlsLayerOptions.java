package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the server's {@code tls}.
 *
 * @param identity null only when an error was reported
 */
record TlsLayerOptions(@Nullable Identity identity, List<String> alpn, TlsVersion minVersion)
    implements PartOptions {
  static final List<Key> KEYS =
      List.of(
          new Key("certificate", "required", "path or PEM text of the certificate chain"),
          new Key("certificateKey", "required", "path or PEM text of the private key"),
          new Key("rawCertificate", "none", "the chain as PEM text"),
          new Key("rawCertificateKey", "none", "the key as PEM text"),
          new Key("alpn", "none", "application protocols accepted, the preferred first"),
          new Key("minVersion", "1.2", "the lowest version of TLS: 1.2 or 1.3"));

  static TlsLayerOptions read(Settings settings) {
    Identity identity = null;
    try {
      identity =
          Identity.read(
              text(settings.required("certificate")), text(settings.required("certificateKey")));
    } catch (CertificateException | IOException e) {
      settings.error("certificate", String.valueOf(e.getMessage()), "name PEM files");
    }
    return new TlsLayerOptions(
        identity, List.copyOf(settings.strings("alpn")), TlsVersion.read(settings));
  }

  private static String text(String text) throws IOException {
    return text.contains("-----BEGIN") ? text : Files.readString(Path.of(text));
  }
}
