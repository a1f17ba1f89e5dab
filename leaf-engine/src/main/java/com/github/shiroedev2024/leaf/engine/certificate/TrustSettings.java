package com.github.shiroedev2024.leaf.engine.certificate;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a client believes, as configured.
 *
 * @param roots trusted instead of the web's roots; empty: those
 * @param insecure whether any certificate will do
 * @param pinned SHA-256 digests of the certificates accepted, instead of all other checks; empty:
 *     none
 */
public record TrustSettings(List<X509Certificate> roots, boolean insecure, Set<String> pinned) {
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  /** The settings that {@link #read} understands. */
  public static final List<Key> KEYS =
      List.of(
          new Key(
              "certificate",
              "the web's roots",
              "what to trust instead: path or PEM text of the server's or its authority's"
                  + " certificate"),
          new Key("certificateKey", "none", "unused: servers are shown no certificate"),
          new Key(
              "rawCertificate", "none", "instead of certificate: PEM text or list of its lines"),
          new Key("rawCertificateKey", "none", "unused, as certificateKey"),
          new Key("insecure", "false", "accept any certificate; whoever is in between reads along"),
          new Key(
              "pinnedSha256",
              "none",
              "accept exactly the certificates with these SHA-256 digests (hex), whatever else"
                  + " they say"));

  public TrustSettings {
    roots = List.copyOf(roots);
    pinned = Set.copyOf(pinned);
  }

  /** Reads and checks; reports what is wrong. */
  public static TrustSettings read(Settings settings) {
    for (String key : List.of("certificateKey", "rawCertificateKey")) {
      if (settings.has(key)) {
        settings.warning(
            key, "a client's key is not used", "remove it: servers are shown no certificate");
      }
    }
    TrustSettings trust =
        new TrustSettings(roots(settings), settings.bool("insecure", false), pins(settings));
    if (!trust.pinned.isEmpty() && trust.insecure) {
      settings.warning(
          "insecure", "'insecure' has no effect beside a pinned certificate", "remove it");
    }
    if (!trust.roots.isEmpty() && (trust.insecure || !trust.pinned.isEmpty())) {
      settings.warning(
          settings.has("rawCertificate") ? "rawCertificate" : "certificate",
          "the certificate has no effect: "
              + (trust.pinned.isEmpty() ? "insecure accepts any" : "the pinned one counts"),
          "remove one of them");
    }
    return trust;
  }

  private static List<X509Certificate> roots(Settings settings) {
    PemSource source = PemSource.read(settings, "certificate", "rawCertificate");
    if (source == null) {
      return List.of();
    }
    try {
      return Pem.certificates(source.text());
    } catch (CertificateException e) {
      settings.error(
          source.key(),
          source.told() + ": " + e.getMessage(),
          "write the certificates to trust in PEM");
      return List.of();
    }
  }

  private static Set<String> pins(Settings settings) {
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
    return digests;
  }

  /** The checks of an outbound that is built. */
  public ServerTrust trust() {
    if (!pinned.isEmpty()) {
      return ServerTrust.pinned(pinned);
    }
    if (insecure) {
      return ServerTrust.anybody();
    }
    return roots.isEmpty() ? ServerTrust.webRoots() : ServerTrust.roots(roots);
  }

  /** Short: whom the roots are, not all they say. */
  @Override
  public String toString() {
    if (!pinned.isEmpty()) {
      return "pinned " + new TreeSet<>(pinned);
    }
    List<?> subjects = roots.stream().map(X509Certificate::getSubjectX500Principal).toList();
    return insecure ? "insecure" : roots.isEmpty() ? "web roots" : "roots " + subjects;
  }

  /** Whether nothing about the server is checked. */
  public boolean checksNothing() {
    return insecure && pinned.isEmpty();
  }
}
