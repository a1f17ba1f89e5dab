package com.github.shiroedev2024.leaf.engine.certificate;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which servers a client believes, each refusal a {@link CertificateRefused} that says why. Exactly
 * one of these:
 *
 * <ul>
 *   <li>pinned: the server's own certificate has one of these SHA-256 digests; nothing else is
 *       looked at
 *   <li>anybody: no check at all
 *   <li>roots: the chain leads to one of them, the dates hold, the certificate is for the name
 * </ul>
 *
 * <p>The engine must not check the host's name by itself, and must be made with the name wanted as
 * its peer's host.
 */
public final class ServerTrust extends X509ExtendedTrustManager {
  private static final HexFormat HEX = HexFormat.of();
  private static final X509Certificate[] NONE = {};

  /** Read when the first is needed: it takes some tens of milliseconds. */
  private static final class WebRoots {
    static final X509TrustManager MANAGER = manager(null);
  }

  private final @Nullable X509TrustManager roots;
  private final Set<String> pins;

  private ServerTrust(@Nullable X509TrustManager roots, Set<String> pins) {
    this.roots = roots;
    this.pins = Set.copyOf(pins);
  }

  /** Believes servers whose chain leads to what the Java runtime trusts. */
  public static ServerTrust webRoots() {
    return new ServerTrust(WebRoots.MANAGER, Set.of());
  }

  /** Believes servers whose chain leads to one of these, or which are one of these. */
  public static ServerTrust roots(List<X509Certificate> roots) {
    return new ServerTrust(manager(roots), Set.of());
  }

  /**
   * Believes servers that have one of these certificates.
   *
   * @param digests SHA-256 of the certificates' DER, as 64 lower-case hex digits; at least one
   */
  public static ServerTrust pinned(Set<String> digests) {
    return new ServerTrust(null, digests);
  }

  /** Believes every server. */
  public static ServerTrust anybody() {
    return new ServerTrust(null, Set.of());
  }

  /** The SHA-256 digest of a certificate's DER as 64 lower-case hex digits. */
  public static String digest(X509Certificate certificate) {
    try {
      return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read has a digest", e);
    }
  }

  private static X509TrustManager manager(@Nullable List<X509Certificate> roots) {
    try {
      KeyStore store = null;
      if (roots != null) {
        store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (X509Certificate root : roots) {
          store.setCertificateEntry("root-" + store.size(), root);
        }
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          return x509;
        }
      }
      throw new IllegalStateException("this Java runtime checks no X.509 certificates");
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new IllegalStateException("the trusted certificates cannot be set up", e);
    }
  }

  /**
   * Checks a server's chain.
   *
   * @param wanted the name or address that the certificate must be for
   * @throws CertificateRefused when it is not believed
   */
  public void check(X509Certificate[] chain, String authType, @Nullable String wanted)
      throws CertificateException {
    if (chain.length == 0) {
      throw new CertificateRefused(
          CloseReason.CERTIFICATE_UNTRUSTED, "the server showed no certificate");
    }
    if (!pins.isEmpty()) {
      String digest = digest(chain[0]);
      if (!pins.contains(digest)) {
        throw new CertificateRefused(
            CloseReason.CERTIFICATE_UNTRUSTED,
            "the server's certificate has the SHA-256 digest "
                + digest
                + ", which is not among those pinned");
      }
      return;
    }
    if (roots == null) {
      return;
    }
    checkDates(chain[0]);
    try {
      roots.checkServerTrusted(chain, authType);
    } catch (CertificateException e) {
      throw untrusted(chain, e);
    }
    if (wanted != null && !ServerNames.match(chain[0], wanted)) {
      List<String> found = ServerNames.told(chain[0]);
      throw new CertificateRefused(
          CloseReason.CERTIFICATE_MISMATCH,
          "the certificate is not for "
              + wanted
              + " but for "
              + (found.isEmpty()
                  ? "no name at all (subject "
                      + chain[0].getSubjectX500Principal()
                      + "; it needs a subject alternative name)"
                  : String.join(", ", found)));
    }
  }

  private static void checkDates(X509Certificate certificate) throws CertificateRefused {
    try {
      certificate.checkValidity();
    } catch (CertificateExpiredException e) {
      throw new CertificateRefused(
          CloseReason.CERTIFICATE_EXPIRED,
          "the certificate expired on " + day(certificate.getNotAfter()) + names(certificate));
    } catch (CertificateNotYetValidException e) {
      throw new CertificateRefused(
          CloseReason.CERTIFICATE_EXPIRED,
          "the certificate is not valid before "
              + day(certificate.getNotBefore())
              + names(certificate)
              + "; is this machine's clock right?");
    }
  }

  private static CertificateRefused untrusted(X509Certificate[] chain, CertificateException why)
      throws CertificateRefused {
    for (X509Certificate above : chain) {
      checkDates(above);
    }
    X509Certificate last = chain[chain.length - 1];
    boolean self =
        chain.length == 1 && last.getIssuerX500Principal().equals(last.getSubjectX500Principal());
    String detail = why.getMessage();
    return new CertificateRefused(
        CloseReason.CERTIFICATE_UNTRUSTED,
        (self
                ? "the certificate is self-signed and not trusted"
                : "the certificate is not trusted: its issuer "
                    + last.getIssuerX500Principal()
                    + " is not known")
            + names(chain[0])
            + (detail == null ? "" : " (" + detail + ")"));
  }

  private static String names(X509Certificate certificate) {
    List<String> names = new ArrayList<>(ServerNames.told(certificate));
    return names.isEmpty() ? "" : "; it is for " + String.join(", ", names);
  }

  private static String day(Date date) {
    return DateTimeFormatter.ISO_INSTANT.format(date.toInstant().atZone(ZoneOffset.UTC));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain, authType, engine.getPeerHost());
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain, authType, null);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
    throw new UnsupportedOperationException("engines only");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("clients show no certificates here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NONE;
  }
}
