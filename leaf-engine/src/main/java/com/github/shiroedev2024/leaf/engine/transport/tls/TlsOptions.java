package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.certificate.Pem;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the client's {@code tls}.
 *
 * @param serverName the name sent and checked; null: the host that is dialled
 * @param roots what is trusted instead of the web's roots; empty: those
 * @param pinned digests of the certificates accepted instead of all other checks; empty: none
 */
record TlsOptions(
    @Nullable String serverName,
    List<String> alpn,
    List<X509Certificate> roots,
    boolean insecure,
    Set<String> pinned,
    TlsVersion minVersion)
    implements PartOptions {
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  static final List<Key> KEYS =
      List.of(
          new Key("serverName", "next hop's host", "the name sent to the server and checked"),
          new Key("alpn", "none", "application protocols offered, the preferred first"),
          new Key(
              "certificate",
              "the web's roots",
              "what to trust: PEM text or path of the server's certificate or its authority's"),
          new Key("certificateKey", "none", "accepted for old files, unused"),
          new Key("rawCertificate", "none", "as certificate, PEM text or list of its lines"),
          new Key("rawCertificateKey", "none", "accepted for old files, unused"),
          new Key("insecure", "false", "accept any certificate: whoever is in between can read"),
          new Key("pinnedSha256", "none", "SHA-256 digests in hex of the certificates accepted"),
          new Key("minVersion", "1.2", "the lowest version of TLS: 1.2 or 1.3"),
          new Key("ech", "false", "encrypted client hello: not supported yet"),
          new Key("echDisableDnsLookup", "false", "of no effect without ech"),
          new Key("echConfigList", "none", "fixed configuration for ech: not supported yet"));

  static TlsOptions read(Settings settings) {
    String name = settings.string("serverName");
    unsupported(settings);
    return new TlsOptions(
        name == null || name.isEmpty() ? null : name,
        List.copyOf(settings.strings("alpn")),
        roots(settings),
        settings.bool("insecure", false),
        pinned(settings),
        TlsVersion.read(settings));
  }

  private static void unsupported(Settings settings) {
    if (settings.bool("ech", false)) {
      settings.error(
          "ech",
          "encrypted client hello (ech) is not supported yet",
          "remove it: the server's name is then sent in the clear");
    } else if (settings.has("echConfigList")) {
      settings.error(
          "echConfigList",
          "encrypted client hello (ech) is not supported yet",
          "remove the list: the server's name is then sent in the clear");
    }
    settings.bool("echDisableDnsLookup", false);
    for (String key : List.of("certificateKey", "rawCertificateKey")) {
      if (settings.has(key)) {
        settings.warning(
            key, "a client's key is not used", "remove it: servers are shown no certificate");
      }
    }
  }

  private static List<X509Certificate> roots(Settings settings) {
    String raw = settings.string("rawCertificate");
    String key = raw == null ? "certificate" : "rawCertificate";
    String text = raw == null ? settings.string("certificate") : raw;
    if (text == null || text.isEmpty()) {
      return List.of();
    }
    try {
      return Pem.certificates(text);
    } catch (CertificateException e) {
      settings.error(key, String.valueOf(e.getMessage()), "name a PEM file or write its text");
      return List.of();
    }
  }

  private static Set<String> pinned(Settings settings) {
    Set<String> digests = new LinkedHashSet<>();
    for (String text : settings.strings("pinnedSha256")) {
      String digest = text.replace(":", "").toLowerCase(Locale.ROOT);
      if (DIGEST.matcher(digest).matches()) {
        digests.add(digest);
      } else {
        settings.error(
            "pinnedSha256",
            "'" + text + "' is not a SHA-256 digest",
            "write the 64 hex digits of the server's certificate");
      }
    }
    return Set.copyOf(digests);
  }
}
